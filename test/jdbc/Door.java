/*
 * Door.java
 *		What a BI tool does at the door, over JDBC: metadata, remarks, exact numbers, cursors, prepared
 *		statements past the threshold, dates in any time zone and locale, TLS, a reader who is limited,
 *		and a tenant who sees its own. It prints a line for each thing it found, ok or not.
 *
 *		java Door PORT QUESTIONS: what depends on the JVM's time zone and locale
 *		java Door PORT QUESTIONS CERTIFICATES: everything; a folder with server.crt and other.crt, or -
 */
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;

public class Door
{
	private static final Map<Integer, String> TYPES = Map.of(Types.NUMERIC, "NUMERIC", Types.VARCHAR, "VARCHAR", Types.DATE, "DATE",
		Types.TIMESTAMP, "TIMESTAMP", Types.BIGINT, "BIGINT", Types.BIT, "BIT");

	static void check(boolean ok, String what, Object detail)
	{
		System.out.println((ok ? "ok" : "not ok") + "\t" + what + "\t" + String.valueOf(detail).replace("\n", "\\n").replace("\t", " "));
	}

	static void is(Object got, Object expected, String what)
	{
		check(expected.equals(got), what, "got " + got + ", expected " + expected);
	}

	/* A row as psql shows it: whatever the JVM's locale and zone are. */
	static String row(ResultSet rs) throws SQLException
	{
		ResultSetMetaData columns = rs.getMetaData();
		List<String> fields = new ArrayList<>();
		for (int i = 1; i <= columns.getColumnCount(); i++)
		{
			String text;
			switch (columns.getColumnType(i))
			{
				case Types.NUMERIC:
					BigDecimal number = rs.getBigDecimal(i);
					text = number == null ? null : number.toPlainString();
					break;
				case Types.DATE:
					LocalDate date = rs.getObject(i, LocalDate.class);
					text = date == null ? null : date.toString();
					break;
				case Types.TIMESTAMP:
					OffsetDateTime moment = rs.getObject(i, OffsetDateTime.class);
					text = moment == null ? null : moment.toInstant().toString();
					break;
				case Types.BIGINT:
					long whole = rs.getLong(i);
					text = rs.wasNull() ? null : Long.toString(whole);
					break;
				default:
					text = rs.getString(i);
			}
			fields.add(text == null ? "" : text);
		}
		return String.join("|", fields);
	}

	static List<String> rows(Connection db, String sql) throws SQLException
	{
		List<String> rows = new ArrayList<>();
		try (Statement statement = db.createStatement(); ResultSet rs = statement.executeQuery(sql))
		{
			while (rs.next())
				rows.add(row(rs));
		}
		Collections.sort(rows);
		return rows;
	}

	static String state(Connection db, String sql)
	{
		try (Statement statement = db.createStatement())
		{
			statement.execute(sql);
			return "done";
		}
		catch (SQLException e)
		{
			return e.getSQLState();
		}
	}

	static List<String> relations(Connection db, String schema) throws SQLException
	{
		List<String> names = new ArrayList<>();
		try (ResultSet rs = db.getMetaData().getTables(null, schema, "%", new String[] {"TABLE", "PARTITIONED TABLE", "VIEW"}))
		{
			while (rs.next())
				names.add(rs.getString("TABLE_NAME"));
		}
		return names;
	}

	static void metadata(Connection db, String schema, int least) throws SQLException
	{
		DatabaseMetaData meta = db.getMetaData();
		int views = 0, silent = 0;
		try (ResultSet rs = meta.getTables(null, schema, "%", new String[] {"TABLE", "VIEW"}))
		{
			while (rs.next())
			{
				views++;
				if (!"VIEW".equals(rs.getString("TABLE_TYPE")) || rs.getString("REMARKS") == null || rs.getString("REMARKS").isEmpty())
					silent++;
			}
		}
		check(views >= least, schema + ": getTables finds the views", views);
		is(silent, 0, schema + ": views, each with a remark");
		Map<String, Integer> types = new TreeMap<>();
		List<String> odd = new ArrayList<>();
		silent = 0;
		try (ResultSet rs = meta.getColumns(null, schema, "%", "%"))
		{
			while (rs.next())
			{
				String type = TYPES.getOrDefault(rs.getInt("DATA_TYPE"), rs.getString("TYPE_NAME"));
				types.merge(type, 1, Integer::sum);
				if (rs.getInt("DATA_TYPE") == Types.NUMERIC && (rs.getInt("COLUMN_SIZE") != 38 || rs.getInt("DECIMAL_DIGITS") != 15))
					odd.add(rs.getString("TABLE_NAME") + "." + rs.getString("COLUMN_NAME"));
				if (rs.getString("REMARKS") == null || rs.getString("REMARKS").isEmpty())
					silent++;
			}
		}
		is(types.keySet(), new TreeSet<>(TYPES.values()), schema + ": six types");
		is(odd.toString(), "[]", schema + ": numbers have 38 digits, 15 after the point");
		is(silent, 0, schema + ": every column has a remark");
	}

	/* These take half a second or more to plan, and have no type that others have not. */
	private static final Set<String> LONG = Set.of("1", "3", "9");

	static void questions(Connection db, String file, boolean all) throws Exception
	{
		String sql = null, keep = "", number = "";
		List<String> expected = new ArrayList<>();
		List<String> lines = new ArrayList<>(Files.readAllLines(Path.of(file), StandardCharsets.UTF_8));
		lines.add("");
		for (String line : lines)
		{
			if (line.startsWith("-- = "))
				expected.add(line.substring(5));
			else if (line.startsWith("-- keep "))
				keep = line.substring(8);
			else if (line.startsWith("select"))
				sql = line;
			else if (line.matches("-- \\d+\\. .*"))
				number = line.substring(3, line.indexOf('.'));
			else if (line.isEmpty() && sql != null)
			{
				List<String> got = new ArrayList<>();
				if (all || !LONG.contains(number))
				{
					for (String row : rows(db, sql))
						if (keep.isEmpty() || row.matches(keep.substring(1) + ".*"))
							got.add(row);
					Collections.sort(expected);
					is(got, expected, "question " + number + " as typed");
				}
				sql = null;
				keep = "";
				expected = new ArrayList<>();
			}
		}
	}

	static void prepared(Connection db) throws SQLException
	{
		String sql = "select sum(total_cost), count(*) from allocated_spend where tenant_id = ? and period_month = ? and total_cost > ?";
		try (PreparedStatement statement = db.prepareStatement(sql))
		{
			List<String> answers = new ArrayList<>();
			boolean server = false;
			for (int i = 0; i < 12; i++)
			{
				statement.setString(1, "a");
				statement.setObject(2, LocalDate.of(2026, 10, 1));
				statement.setBigDecimal(3, new BigDecimal("0.000000000000001"));
				try (ResultSet rs = statement.executeQuery())
				{
					rs.next();
					answers.add(rs.getBigDecimal(1).toPlainString() + "|" + rs.getLong(2));
				}
				server = statement.unwrap(org.postgresql.PGStatement.class).isUseServerPrepare();
			}
			is(new TreeSet<>(answers).toString(), "[237777.780000000000000|1]", "a prepared statement answers the same twelve times");
			check(server, "the last of them by a plan of the server", server);
		}
	}

	static void cursor(Connection db) throws SQLException
	{
		db.setAutoCommit(false);
		try (Statement statement = db.createStatement())
		{
			statement.setFetchSize(500);
			long seen = 0;
			LocalDate last = null;
			boolean gapless = true;
			try (ResultSet rs = statement.executeQuery("select date_day, fiscal_period from dim_date order by date_day"))
			{
				while (rs.next())
				{
					LocalDate day = rs.getObject(1, LocalDate.class);
					gapless &= last == null || day.equals(last.plusDays(1));
					last = day;
					seen++;
				}
			}
			is(Long.toString(seen), rows(db, "select count(*) from dim_date").get(0), "a cursor of 500 rows at a time comes to the end");
			check(gapless && seen > 4000, "and every day is there once", seen);
		}
		db.rollback();
		db.setAutoCommit(true);
	}

	static void times(Connection db) throws SQLException
	{
		try (Statement statement = db.createStatement();
			ResultSet rs = statement.executeQuery("select period_month, last_recorded_at, trunc(extract(epoch from last_recorded_at) * 1000) from allocated_spend where line = 'tenant' and tenant_id = 'a'"))
		{
			rs.next();
			is(rs.getDate(1).toString(), "2026-10-01", "a date is that day");
			is(BigDecimal.valueOf(rs.getTimestamp(2).getTime()), rs.getBigDecimal(3).setScale(0), "a time is that moment");
		}
	}

	/* Each of them as a tenant: named are those that it may ask. */
	static List<String> open(Connection team, String schema, List<String> names)
	{
		List<String> open = new ArrayList<>();
		for (String name : names)
			if (!"42501".equals(state(team, "select 1 from " + schema + ".\"" + name + "\" limit 1")))
				open.add(name);
		return open;
	}

	static void tenant(Connection team, Connection owner, Connection analyst) throws SQLException
	{
		try (Statement statement = owner.createStatement())
		{
			statement.execute("set chipbook.as_of = 'published'");
		}
		List<String> published = relations(analyst, "books_report"), own = relations(owner, "books");
		is(open(team, "books_report", published).toString(), "[]", "a tenant reads none of the " + published.size() + " published views itself");
		check(own.size() > 100, "the ledger has tables and views of its own", own.size());
		is(open(team, "books", own).toString(), "[]", "of which a tenant reads none");
		is(open(analyst, "books", own).toString(), "[]", "nor does a reader");

		List<String> differ = new ArrayList<>(), shared = new ArrayList<>();
		int filtered = 0, sums = 0;
		for (String view : relations(team, "books_tenant"))
		{
			boolean byTenant = false;
			List<String> numbers = new ArrayList<>();
			try (ResultSet rs = team.getMetaData().getColumns(null, "books_tenant", view.replace("_", "\\_"), "%"))
			{
				while (rs.next())
				{
					byTenant |= "tenant_id".equals(rs.getString("COLUMN_NAME"));
					if (rs.getInt("DATA_TYPE") == Types.NUMERIC)
						numbers.add("sum(" + rs.getString("COLUMN_NAME") + ")");
				}
			}
			String where = byTenant ? " where tenant_id = 'a'" : "";
			if (!rows(team, "select * from books_tenant." + view).equals(rows(owner, "select * from books_report." + view + where)))
				differ.add(view);
			if (byTenant)
			{
				filtered++;
				if (!rows(team, "select distinct tenant_id from books_tenant." + view).equals(List.of("a")))
					differ.add(view + " (tenant)");
				/* Where others have rows too, a view that let all through would show. */
				if (!rows(owner, "select 1 from books_report." + view + " where tenant_id is distinct from 'a' limit 1").isEmpty())
					shared.add(view);
				String list = String.join(", ", numbers);
				if (!rows(team, "select " + list + " from books_tenant." + view).equals(rows(owner, "select " + list + " from books_report." + view + where)))
					differ.add(view + " (sums)");
				else
					sums++;
			}
		}
		is(differ.toString(), "[]", "in each of its views it sees its rows, as the owner does");
		check(filtered >= 14 && sums == filtered, "with the same sums", filtered + " views");
		is(shared.size(), filtered, "in all of which others have rows that it does not see");
		is(rows(team, "select tenant_id, total_cost from allocated_spend").toString(), "[a|237777.780000000000000]", "its part of the shared pool");
	}

	/* A reader's settings keep from accidents, and rights hold where they are undone. */
	static void limits(Connection analyst, Connection team, String url) throws Exception
	{
		for (Connection reader : List.of(analyst, team))
		{
			is(state(reader, "create temporary table t (x integer)"), "25006", "a reader's session is read only");
			is(rows(reader, "show statement_timeout").get(0), "5min", "limited in time");
		}
		is(state(analyst, "begin; set transaction read write; create table books_report.t (x integer)"), "42501", "and where it is not, it has no right to write");
		state(analyst, "rollback");
		try (Connection hasty = DriverManager.getConnection(url + "?user=hasty"))
		{
			long began = System.nanoTime();
			is(state(hasty, "select pg_sleep(60)"), "57014", "what takes longer than a reader may is cancelled");
			check(System.nanoTime() - began < 30_000_000_000L, "in time", System.nanoTime() - began);
			hasty.setAutoCommit(false);
			is(state(hasty, "select 1 from dim_currency limit 1"), "done", "after which it can go on");
			Thread.sleep(2500);
			String ended = state(hasty, "select 1");
			check(Set.of("25P03", "57P05", "08003", "08006").contains(ended), "a transaction left idle is ended", ended);
		}
	}

	static String refused(String url)
	{
		try (Connection db = DriverManager.getConnection(url))
		{
			return "connected";
		}
		catch (SQLException e)
		{
			return e.getSQLState();
		}
	}

	static void encrypted(String port, String folder) throws SQLException
	{
		String there = ":" + port + "/postgres?user=analyst&sslmode=verify-full&sslrootcert=" + folder;
		try (Connection db = DriverManager.getConnection("jdbc:postgresql://localhost" + there + "/server.crt"))
		{
			is(rows(db, "select ssl from pg_stat_ssl where pid = pg_backend_pid()").toString(), "[t]", "TLS, with the server verified");
			is(rows(db, "select sum(total_cost) from allocated_spend where tenant_id = 'a'").toString(), "[237777.780000000000000]", "and an exact figure");
		}
		is(refused("jdbc:postgresql://localhost" + there + "/other.crt"), "08006", "refused where another made the certificate");
		is(refused("jdbc:postgresql://127.0.0.1" + there + "/server.crt"), "08006", "or it is of another name");
	}

	public static void main(String[] args) throws Exception
	{
		String url = "jdbc:postgresql://127.0.0.1:" + args[0] + "/postgres";
		boolean whole = args.length > 2;
		System.out.println("# " + Locale.getDefault() + " " + TimeZone.getDefault().getID() + " " + System.getProperty("java.version"));
		try (Connection analyst = DriverManager.getConnection(url + "?user=analyst"))
		{
			questions(analyst, args[1], whole);
			times(analyst);
			prepared(analyst);
			if (!whole)
				return;
			metadata(analyst, "books_report", 150);
			cursor(analyst);
			try (Connection team = DriverManager.getConnection(url + "?user=team_a");
				Connection owner = DriverManager.getConnection(url + "?user=keeper&options=-cclient_min_messages=warning"))
			{
				metadata(team, "books_tenant", 16);
				tenant(team, owner, analyst);
				limits(analyst, team, url);
			}
			if (!"-".equals(args[2]))
				encrypted(args[0], args[2]);
		}
	}
}
