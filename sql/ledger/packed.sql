-- Packed readings: of a month that is closed, the readings of each day stand in one value instead of
-- many rows. What a value holds are the very readings, with what is known of them as columns beside
-- it, so that whatever reads the stored readings finds them packed or not, and their seals fit.

CREATE FUNCTION chipbook.pack_month(ledger text, month date) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    packed bigint;
BEGIN
    PERFORM chipbook.require_ledger(ledger, to_write => true);
    EXECUTE format('SELECT %I.month_pack($1)', ledger) INTO STRICT packed USING month;
    RETURN packed;
END
$$;
COMMENT ON FUNCTION chipbook.pack_month(text, date) IS 'Packs the readings of a month (any day of it): each day of a pool, meter, tenant, job, model, customer and load becomes one value, and the rows go; returns how many. Again after late readings: packs those that came since. Nothing that any view says changes, nor any earlier answer; view meter_reading_stored has the readings, packed or not. Readers wait only while the rows are removed, who adds readings waits throughout. 55000 when a period of an entity that has readings in the month is not closed under the primary basis, the month has readings that are not published, or the transaction is not READ COMMITTED; 22004 for NULL.';

-- What is packed or unpacked leaves its partition with the transaction that packs, whoever still has an earlier
-- snapshot: it would find neither the rows nor the value. Asked by whoever holds a lock on the table, so that
-- no other packs until he has done.
CREATE FUNCTION chipbook.require_partitions(of_table regclass) RETURNS boolean STABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_inherits i
               WHERE i.inhparent OPERATOR(pg_catalog.=) of_table AND pg_catalog.has_table_privilege(i.inhrelid, 'SELECT') IS NULL) THEN
        RAISE EXCEPTION 'readings were packed since this transaction or query began: it would not find them'
            USING ERRCODE = 'serialization_failure', HINT = 'Begin it again.';
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION chipbook.require_partitions(regclass) IS 'Internal: true; 40001 when a partition that the caller''s snapshot has is gone by now.';

CREATE FUNCTION chipbook.create_ledger_packing() RETURNS void LANGUAGE plpgsql AS $ddl$
BEGIN
    CREATE TABLE packed_reading (
        pool_id       text NOT NULL,
        month         date NOT NULL,
        reading_day   date NOT NULL,
        meter_id      text,
        tenant_id     text,
        job_id        text,
        model_id      text,
        party_id      text,
        use_basis     text NOT NULL,
        energy_basis  text,
        source_id     text,
        load_id       bigint NOT NULL,
        recorded_at   timestamptz NOT NULL,
        superseded_at timestamptz NOT NULL,
        readings      meter_day NOT NULL
    );
    CREATE INDEX packed_reading_of_pool ON packed_reading (month, pool_id, reading_day);
    CREATE INDEX packed_reading_load_id ON packed_reading (load_id);
    COMMENT ON TABLE packed_reading IS 'Readings of closed months, packed: those that begin on one local day, of one pool, meter, tenant, job, model, customer, basis and load, held and superseded together. No key: readings that came late are packed beside the others. View meter_reading_stored unpacks them.';

    CREATE VIEW meter_reading_stored WITH (security_invoker) AS
        SELECT r.starts_at, r.ends_at, r.recorded_at, r.superseded_at, r.installed_chip_ms, r.available_chip_ms, r.allocated_chip_ms, r.used_chip_ms, r.load_id, r.month,
               r.pool_id, r.use_basis, r.joules, r.idle_joules, r.kept_chip_ms, r.tokens, r.billing_ms, r.energy_basis, r.meter_id, r.tenant_id, r.job_id, r.model_id,
               r.party_id, r.source_id, r.model_flops
        FROM meter_reading r
        UNION ALL
        SELECT u.starts_at, u.ends_at, p.recorded_at, p.superseded_at, u.installed, u.available, u.allocated, u.used, p.load_id, p.month,
               p.pool_id, p.use_basis, u.joules, u.idle_joules, u.kept, u.tokens, u.billing_ms, p.energy_basis, p.meter_id, p.tenant_id, p.job_id, p.model_id,
               p.party_id, p.source_id, u.model_flops
        FROM packed_reading p CROSS JOIN LATERAL unpack_readings(p.readings) u
        WHERE (SELECT chipbook.require_partitions('meter_reading'::regclass));
    COMMENT ON VIEW meter_reading_stored IS 'All readings, packed or not, published or not: the columns of meter_reading. 40001 when readings were packed since a transaction of REPEATABLE READ or SERIALIZABLE began.';

    -- Whoever publishes readings writes to meter_reading: what is locked against that changes no more.
    CREATE FUNCTION month_pack(of_month date) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $fn$
    DECLARE
        month_start date := date_trunc('month', of_month::timestamp)::date;
        next_month date := (month_start + interval '1 month')::date;
        partition_name name := 'meter_reading_' || to_char(month_start, 'YYYY_MM');
        primary_basis text := (SELECT l.basis FROM ledger l);
        zone text := (SELECT l.time_zone FROM ledger l);
        entities text;
        total bigint;
        packed bigint;
    BEGIN
        IF of_month IS NULL THEN
            RAISE EXCEPTION 'pack_month needs a month' USING ERRCODE = 'null_value_not_allowed';
        END IF;
        -- The rows go with their partition: those too that an earlier snapshot does not have.
        IF current_setting('transaction_isolation') <> 'read committed' THEN
            RAISE EXCEPTION 'readings of % cannot be packed in a transaction of isolation level %', to_char(month_start, 'YYYY-MM'), current_setting('transaction_isolation')
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'chipbook.pack_month() packs them in a READ COMMITTED one.';
        END IF;
        LOCK TABLE meter_reading IN SHARE ROW EXCLUSIVE MODE;
        SELECT count(*) INTO total FROM meter_reading r WHERE r.month = month_start AND r.recorded_at IS NULL;
        IF total > 0 THEN
            RAISE EXCEPTION 'readings of % cannot be packed: some are not published (readings: %)', to_char(month_start, 'YYYY-MM'), total
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Publish their load first, or discard it.';
        END IF;
        -- A pool that was withdrawn has no entity that could close.
        SELECT string_agg(n.entity_id, ', ' ORDER BY n.entity_id) INTO entities
        FROM (SELECT DISTINCT p.entity_id FROM pool p
              WHERE p.recorded_at IS NOT NULL AND p.superseded_at = 'infinity' AND p.pool_id IN (SELECT d.pool_id FROM usage_day d WHERE d.month = month_start)) n
        WHERE NOT EXISTS (SELECT FROM period_state s WHERE s.entity_id = n.entity_id AND s.basis = primary_basis AND s.kind = 'regular' AND s.state = 'closed'
                                                       AND s.ends_on >= next_month AND s.starts_on < next_month);
        IF entities IS NOT NULL THEN
            RAISE EXCEPTION 'readings of % cannot be packed: the period is not closed under % (entities: %)', to_char(month_start, 'YYYY-MM'), primary_basis, entities
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'chipbook.close_period() closes it.';
        END IF;

        INSERT INTO packed_reading (pool_id, month, reading_day, meter_id, tenant_id, job_id, model_id, party_id, use_basis, energy_basis, source_id, load_id, recorded_at,
                                    superseded_at, readings)
        SELECT r.pool_id, r.month, (r.starts_at AT TIME ZONE zone)::date, r.meter_id, r.tenant_id, r.job_id, r.model_id, r.party_id, r.use_basis, r.energy_basis, r.source_id, r.load_id,
               r.recorded_at, r.superseded_at,
               pack_readings(r.starts_at, r.ends_at, r.installed_chip_ms, r.available_chip_ms, r.allocated_chip_ms, r.used_chip_ms, r.kept_chip_ms, r.joules, r.idle_joules, r.tokens,
                             r.billing_ms, r.model_flops)
        FROM meter_reading r WHERE r.month = month_start
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14;
        GET DIAGNOSTICS packed = ROW_COUNT;
        IF packed = 0 THEN
            RETURN 0;
        END IF;
        SELECT count(*) INTO total FROM meter_reading r WHERE r.month = month_start;
        -- The rows go with their partition, which leaves nothing to be vacuumed.
        EXECUTE format('ALTER TABLE meter_reading DETACH PARTITION %I.%I', ledger_schema(), partition_name);
        EXECUTE format('DROP TABLE %I.%I', ledger_schema(), partition_name);
        PERFORM reading_partitions_add(month_start, month_start);
        RETURN total;
    END
    $fn$;
    COMMENT ON FUNCTION month_pack(date) IS 'Internal: what chipbook.pack_month calls.';

    -- Late readings: what stands in packed days that they may overlap becomes rows again, until the month is packed again.
    CREATE FUNCTION packed_unpack(of_load bigint) RETURNS void LANGUAGE plpgsql AS $fn$
    BEGIN
        IF NOT EXISTS (SELECT FROM packed_reading p WHERE p.month IN (SELECT DISTINCT r.month FROM meter_reading r WHERE r.load_id = of_load)) THEN
            RETURN;
        END IF;
        WITH fresh AS MATERIALIZED (
            SELECT r.month, r.pool_id, coalesce(r.meter_id, '') AS meter_id, coalesce(r.tenant_id, '') AS tenant_id, coalesce(r.job_id, '') AS job_id,
                   coalesce(r.model_id, '') AS model_id, coalesce(r.party_id, '') AS party_id, range_agg(tstzrange(r.starts_at, r.ends_at)) AS covered
            FROM meter_reading r WHERE r.load_id = of_load GROUP BY 1, 2, 3, 4, 5, 6, 7),
        taken AS (
            DELETE FROM packed_reading p USING fresh f
            WHERE p.month = f.month AND p.pool_id = f.pool_id AND coalesce(p.meter_id, '') = f.meter_id AND coalesce(p.tenant_id, '') = f.tenant_id
              AND coalesce(p.job_id, '') = f.job_id AND coalesce(p.model_id, '') = f.model_id AND coalesce(p.party_id, '') = f.party_id
              AND p.superseded_at = 'infinity' AND f.covered && tstzrange(first_start(p.readings), last_end(p.readings))
            RETURNING p.*)
        INSERT INTO meter_reading (starts_at, ends_at, recorded_at, superseded_at, installed_chip_ms, available_chip_ms, allocated_chip_ms, used_chip_ms, load_id, month, pool_id,
                                   use_basis, joules, idle_joules, kept_chip_ms, tokens, billing_ms, energy_basis, meter_id, tenant_id, job_id, model_id, party_id, source_id, model_flops)
        SELECT u.starts_at, u.ends_at, t.recorded_at, t.superseded_at, u.installed, u.available, u.allocated, u.used, t.load_id, t.month, t.pool_id,
               t.use_basis, u.joules, u.idle_joules, u.kept, u.tokens, u.billing_ms, t.energy_basis, t.meter_id, t.tenant_id, t.job_id, t.model_id, t.party_id, t.source_id, u.model_flops
        FROM taken t CROSS JOIN LATERAL unpack_readings(t.readings) u;
    END
    $fn$;
    COMMENT ON FUNCTION packed_unpack(bigint) IS 'Internal: makes rows again of the packed readings that those of a load may overlap.';
END
$ddl$;
COMMENT ON FUNCTION chipbook.create_ledger_packing() IS 'Internal: part of create_ledger. Packed readings.';
