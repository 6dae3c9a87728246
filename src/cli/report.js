/* The report's charts. Each draws rows of a table that is on the page anyway; what it shows is exact there. */
(function () {
'use strict';

var data = JSON.parse(document.getElementById('report-data').textContent);
var german = data.language === 'de';
var tables = {};
data.tables.forEach(function (table) { tables[table.name] = table; });

/* Words ------------------------------------------------------------- */

function label(table, name) {
	return table.columns.filter(function (column) { return column.name === name; })[0].label;
}
/* A key may be called anything, also as what every object has. */
function named(names, id) { return Object.prototype.hasOwnProperty.call(names, id) ? names[id] : id; }
function party(id) { return id === null ? (german ? 'in keinem Pool' : 'in no pool') : named(data.parties, id); }
function company(id) { return named(data.companies, id); }
function chip(id) { return named(data.chips, id); }
function site(id) { return named(data.sites, id); }
function short(name) { return name.length > 24 ? name.slice(0, 23) + '…' : name; }
function word(value) { return String(named(data.words, value)).replace(/_/g, ' '); }
function month(date) {
	return new Date(date + 'T00:00:00Z').toLocaleDateString(data.language, {month: 'short', year: '2-digit', timeZone: 'UTC'});
}
var one = new Intl.NumberFormat(data.language, {maximumFractionDigits: 1});
var plain = new Intl.NumberFormat(data.language, {maximumFractionDigits: 2});
var rate = new Intl.NumberFormat(data.language, {minimumFractionDigits: 2, maximumFractionDigits: 2});
var whole = new Intl.NumberFormat(data.language, {maximumFractionDigits: 0});
var percent = new Intl.NumberFormat(data.language, {style: 'percent', maximumFractionDigits: 0});
/* As the page has it: 69.5 bn. */
function compact(number) {
	var size = Math.abs(number);
	var scales = [[1e12, german ? 'Bio.' : 'tn'], [1e9, german ? 'Mrd.' : 'bn'], [1e6, german ? 'Mio.' : 'm']];
	for (var i = 0; i < scales.length; i++) {
		if (size >= scales[i][0]) return one.format(number / scales[i][0]) + '\u00a0' + scales[i][1];
	}
	return (size >= 1000 ? whole : one).format(number);
}
/* Digits as they came: Intl formats a decimal string without making a double of it. */
function money(digits, currency) { return whole.format(digits) + (currency ? ' ' + currency : ''); }
function escaped(text) { return echarts.format.encodeHTML(String(text)); }

/* Rows -------------------------------------------------------------- */

function objects(table) {
	return table.rows.map(function (row) {
		var object = {};
		table.columns.forEach(function (column, i) { object[column.name] = row[i]; });
		return object;
	});
}
function distinct(rows, name) {
	var seen = [];
	rows.forEach(function (row) { if (seen.indexOf(row[name]) < 0) seen.push(row[name]); });
	return seen;
}
/* The largest by a column, and what to call the rest: nobody tells fifty colours apart. */
function largest(rows, name, by, most) {
	var values = distinct(rows, name);
	if (values.length <= most) return values;
	function size(value) { return sum(rows.filter(function (row) { return row[name] === value; }), by); }
	var sizes = {};
	values.forEach(function (value) { sizes[value] = size(value); });
	return values.slice().sort(function (a, b) { return sizes[b] - sizes[a]; }).slice(0, most - 1);
}
var others = german ? 'alle übrigen' : 'all others';
function sum(rows, name) { return rows.reduce(function (total, row) { return total + Number(row[name] || 0); }, 0); }

/* Looks ------------------------------------------------------------- */

function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim(); }
function palette() { return ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'].map(colour); }
/* Told apart without colour too. */
var symbols = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect', 'emptyTriangle', 'emptyDiamond'];
var dashes = ['solid', [6, 4], [2, 3], [10, 3, 2, 3]];

/* Names at the ends of lines: moved apart where they would lie on each other. */
function endLabels(series, most, height) {
	var named = series.filter(function (one) { return one.endLabel; });
	function last(one) {
		var points = one.data.filter(Boolean), point = points[points.length - 1];
		return point ? Number(Array.isArray(point.value) ? point.value[1] : point.value) : 0;
	}
	named.sort(function (a, b) { return last(b) - last(a); });
	var before = -Infinity;
	named.forEach(function (one) {
		var at = height * (1 - last(one) / most), put = Math.max(at, before + 14);
		one.endLabel = {show: true, color: colour('ink'), fontSize: 11, formatter: function (item) { return item.seriesName; }, offset: [0, put - at]};
		before = put;
	});
	return series;
}
function niceMax(most) {
	var unit = Math.pow(10, Math.floor(Math.log10(most || 1)));
	return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map(function (n) { return n * unit; }).filter(function (n) { return n >= most; })[0];
}
function most(rows, name) { return niceMax(Math.max.apply(null, rows.map(function (row) { return Number(row[name] || 0); }))); }

function base(more) {
	var soft = colour('soft'), faint = colour('faint');
	var option = {
		color: palette(), animation: false,
		textStyle: {fontFamily: getComputedStyle(document.body).fontFamily, color: colour('ink'), fontSize: 12},
		tooltip: {confine: true, backgroundColor: colour('paper'), borderColor: faint, textStyle: {color: colour('ink'), fontSize: 12}},
		legend: {top: 0, left: 0, itemWidth: 14, itemHeight: 9, itemGap: 14, textStyle: {color: colour('ink'), fontSize: 12}},
		grid: {left: 4, right: 28, top: 40, bottom: 4, containLabel: true}
	};
	for (var name in more) option[name] = more[name];
	[].concat(option.xAxis || [], option.yAxis || []).forEach(function (axis) {
		axis.axisLabel = Object.assign({color: soft, fontSize: 11, hideOverlap: true}, axis.axisLabel);
		axis.axisLine = Object.assign({lineStyle: {color: axis.type === 'value' ? 'transparent' : soft}}, axis.axisLine);
		axis.axisTick = Object.assign({show: false}, axis.axisTick);
		axis.splitLine = Object.assign({lineStyle: {color: faint}}, axis.splitLine);
		axis.nameTextStyle = Object.assign({color: soft, fontSize: 11, align: 'left', padding: [0, 0, 0, 0]}, axis.nameTextStyle);
	});
	return option;
}
function compactAxis(more) {
	return Object.assign({type: 'value', axisLabel: {formatter: function (value) { return compact(value); }}}, more);
}

/* Charts: each gets rows of one currency, and gives a height and what to draw. ---- */

var charts = {};

charts.book_value = function (rows, table, currency) {
	var months = distinct(rows, 'period_month'), all = distinct(rows, 'entity_id');
	var companies = largest(rows, 'entity_id', 'book_value', 8);
	if (companies.length < all.length) companies.push(others);
	function series(name, axis) {
		return companies.map(function (id, i) {
			var title = id === others ? others : company(id);
			var values = months.map(function (at) {
				var own = rows.filter(function (r) { return r.period_month === at && (id === others ? companies.indexOf(r.entity_id) < 0 : r.entity_id === id); });
				return own.length ? {value: sum(own, name), digits: own.length === 1 ? own[0][name] : sum(own, name).toFixed(0)} : null;
			});
			return axis === 0 ?
				{name: title, type: 'line', stack: 'value', areaStyle: {opacity: 0.75}, lineStyle: {width: 1}, symbol: 'none', data: values, xAxisIndex: 0, yAxisIndex: 0} :
				{name: title, type: 'bar', stack: 'charge', barMaxWidth: 26, data: values, xAxisIndex: 1, yAxisIndex: 1, itemStyle: {borderColor: colour('paper'), borderWidth: 0.5}};
		});
	}
	return {height: 430, option: base({
		legend: Object.assign(base({}).legend, {icon: 'rect'}),
		tooltip: Object.assign(base({}).tooltip, {trigger: 'axis', order: 'seriesDesc', formatter: function (items) {
			return escaped(items[0].axisValueLabel) + items.map(function (item) {
				return item.data ? '<br>' + item.marker + escaped(item.seriesName) + ' <b>' + money(item.data.digits, currency) + '</b>' : '';
			}).join('');
		}}),
		grid: [{left: 4, right: 28, top: 56, height: 185, containLabel: true}, {left: 4, right: 28, top: 285, bottom: 4, containLabel: true}],
		xAxis: [{type: 'category', boundaryGap: false, data: months.map(month), gridIndex: 0}, {type: 'category', data: months.map(month), gridIndex: 1}],
		yAxis: [compactAxis({gridIndex: 0, name: label(table, 'book_value')}), compactAxis({gridIndex: 1, name: label(table, 'charge')})],
		series: series('book_value', 0).concat(series('charge', 1))
	})};
};

charts.chip_hour = function (rows, table, currency) {
	var shown = rows.filter(function (row) { return row.cost_per_used_chip_hour !== null; }).slice(0, 24).reverse();
	if (!shown.length) return null;
	var counts = ['cost_per_installed_chip_hour', 'cost_per_available_chip_hour', 'cost_per_allocated_chip_hour', 'cost_per_used_chip_hour'];
	var inks = ['c8', 'c6', 'c1', 'c4'];
	return {height: 70 + 34 * shown.length, option: base({
		tooltip: Object.assign(base({}).tooltip, {formatter: function (item) {
			return escaped(item.name) + '<br>' + item.marker + escaped(item.seriesName) + ' <b>' + escaped(item.data.digits.replace(/0+$/, '')) + ' ' + currency + '</b>';
		}}),
		xAxis: {type: 'value', min: 0, axisLabel: {formatter: function (value) { return rate.format(value); }}},
		yAxis: {type: 'category', axisLabel: {color: colour('ink'), fontSize: 12}, data: shown.map(function (row) { return party(row.provider_id) + ' · ' + chip(row.chip_model_id) + ', ' + word(row.ownership); })},
		series: [{type: 'custom', silent: true, z: 1, data: shown.map(function (row, i) { return [i, Number(row[counts[0]]), Number(row[counts[3]])]; }),
			encode: {x: [1, 2], y: 0},
			renderItem: function (params, api) {
				var from = api.coord([api.value(1), api.value(0)]), to = api.coord([api.value(2), api.value(0)]);
				return {type: 'line', shape: {x1: from[0], y1: from[1], x2: to[0], y2: to[1]}, style: {stroke: colour('faint'), lineWidth: 3}};
			}}].concat(counts.map(function (count, c) {
			return {name: label(table, count), type: 'scatter', symbol: symbols[c], symbolSize: c === 3 ? 13 : 10, itemStyle: {color: colour(inks[c])},
				label: c === 3 ? {show: true, position: 'right', color: colour('ink'), fontSize: 12, formatter: function (item) { return rate.format(item.value[0]); }} : {show: false},
				data: shown.map(function (row, i) { return row[count] === null ? null : {value: [Number(row[count]), i], digits: row[count], name: party(row.provider_id) + ' · ' + chip(row.chip_model_id)}; }).filter(Boolean)};
		}))
	})};
};

charts.owned_rented = function (rows, table, currency) {
	var months = distinct(rows, 'period_month'), chips = distinct(rows, 'chip_model_id');
	var lines = [], dearest = largest(rows, 'chip_model_id', 'total_cost', 8);
	rows.forEach(function (row) {
		if (dearest.indexOf(row.chip_model_id) < 0) return;
		if (!lines.some(function (line) { return line.chip === row.chip_model_id && line.held === row.ownership; }))
			lines.push({chip: row.chip_model_id, held: row.ownership});
	});
	lines.sort(function (a, b) { return a.chip < b.chip ? -1 : a.chip > b.chip ? 1 : a.held < b.held ? -1 : 1; });
	return {height: 320, option: base({
		tooltip: Object.assign(base({}).tooltip, {trigger: 'axis', formatter: function (items) {
			return escaped(items[0].axisValueLabel) + items.map(function (item) {
				return item.data ? '<br>' + item.marker + escaped(item.seriesName) + ' <b>' + escaped(item.data.digits.replace(/0+$/, '')) + ' ' + currency + '</b>' : '';
			}).join('');
		}}),
		legend: {show: false},
		grid: {left: 4, right: 190, top: 12, bottom: 4, containLabel: true},
		xAxis: {type: 'category', boundaryGap: false, data: months.map(month)},
		yAxis: {type: 'value', min: 0, max: most(rows, 'cost_per_used_chip_hour'), axisLabel: {formatter: function (value) { return rate.format(value); }}},
		series: endLabels(lines.map(function (line) {
			var at = chips.indexOf(line.chip);
			return {name: chip(line.chip) + ', ' + word(line.held), type: 'line', symbol: symbols[at % 4], symbolSize: 6, color: palette()[at % 8],
				lineStyle: {width: 2, type: line.held === 'owned' ? 'solid' : [6, 4]},
				endLabel: true,
				data: months.map(function (month) {
					var row = rows.filter(function (r) { return r.period_month === month && r.chip_model_id === line.chip && r.ownership === line.held; })[0];
					return row && row.cost_per_used_chip_hour !== null ? {value: Number(row.cost_per_used_chip_hour), digits: row.cost_per_used_chip_hour} : null;
				})};
		}), most(rows, 'cost_per_used_chip_hour'), 280)
	})};
};

var parts = ['productive', 'allocated_idle', 'unallocated', 'unavailable', 'unmetered'];
function partColour(part) { return colour(part === 'allocated_idle' ? 'allocated' : part); }

charts.spend_split = function (rows, table, currency) {
	var shown = rows.filter(function (row) { return Number(row.total_cost) > 0; }).slice(0, 30).reverse();
	if (!shown.length) return null;
	return {height: 74 + 32 * shown.length, option: base({
		legend: Object.assign(base({}).legend, {icon: 'rect'}),
		tooltip: Object.assign(base({}).tooltip, {trigger: 'axis', axisPointer: {type: 'shadow', shadowStyle: {color: colour('faint'), opacity: 0.3}}, formatter: function (items) {
			var row = shown[items[0].dataIndex];
			return escaped(items[0].name) + ' <b>' + money(row.total_cost, currency) + '</b>' + items.map(function (item) {
				return '<br>' + item.marker + escaped(item.seriesName) + ' <b>' + money(item.data.digits, currency) + '</b>';
			}).join('');
		}}),
		xAxis: {type: 'value', max: 1, axisLabel: {formatter: function (value) { return percent.format(value); }}},
		yAxis: {type: 'category', axisLabel: {color: colour('ink'), fontSize: 12}, data: shown.map(function (row) {
			return (row.provider_id === null ? party(null) : party(row.provider_id) + (row.chip_model_id === null ? '' : ' · ' + chip(row.chip_model_id))) + ' · ' + compact(Number(row.total_cost));
		})},
		series: parts.map(function (part) {
			return {name: label(table, part + '_cost'), type: 'bar', stack: 'all', barWidth: 20, color: partColour(part),
				itemStyle: {borderColor: colour('paper'), borderWidth: 1},
				label: {show: true, fontSize: 11, color: part === 'unavailable' || part === 'allocated_idle' ? '#16191d' : colour('paper'), formatter: function (item) { return item.value >= 0.06 ? percent.format(item.value) : ''; }},
				data: shown.map(function (row) { return {value: Number(row[part + '_cost']) / Number(row.total_cost), digits: row[part + '_cost']}; })};
		})
	})};
};

charts.spend_month = function (rows, table, currency) {
	return {height: 300, option: base({
		legend: Object.assign(base({}).legend, {icon: 'rect'}),
		tooltip: Object.assign(base({}).tooltip, {trigger: 'axis', axisPointer: {type: 'shadow', shadowStyle: {color: colour('faint'), opacity: 0.3}}, formatter: function (items) {
			return escaped(items[0].axisValueLabel) + ' <b>' + money(rows[items[0].dataIndex].total_cost, currency) + '</b>' + items.map(function (item) {
				return '<br>' + item.marker + escaped(item.seriesName) + ' <b>' + money(item.data.digits, currency) + '</b>';
			}).join('');
		}}),
		grid: {left: 4, right: 12, top: 52, bottom: 4, containLabel: true},
		xAxis: {type: 'category', data: rows.map(function (row) { return month(row.period_month); })},
		yAxis: compactAxis({}),
		series: parts.map(function (part) {
			return {name: label(table, part + '_cost'), type: 'bar', stack: 'all', barMaxWidth: 40, color: partColour(part), itemStyle: {borderColor: colour('paper'), borderWidth: 0.5},
				data: rows.map(function (row) { return {value: Number(row[part + '_cost']), digits: row[part + '_cost']}; })};
		})
	})};
};

charts.burn_down = function (rows, table, currency) {
	var commitments = distinct(rows.filter(function (row) { return row.committed !== null; }), 'commitment_id').slice(0, 8);
	if (!commitments.length) return null;
	var series = [];
	commitments.forEach(function (commitment, i) {
		var own = rows.filter(function (row) { return row.commitment_id === commitment; });
		var start = {value: [own[0].starts_on, Number(own[0].committed)], digits: own[0].committed};
		function points(name) {
			return [start].concat(own.filter(function (row) { return row[name] !== null; }).map(function (row) { return {value: [row.interval_end, Number(row[name])], digits: row[name]}; }));
		}
		series.push({name: commitment, type: 'line', symbol: symbols[i % 4], symbolSize: 7, color: palette()[i % 8], lineStyle: {width: 2.5}, data: points('not_yet_used'),
			endLabel: true});
		series.push({name: commitment + ', ' + label(table, 'remaining_if_even'), type: 'line', symbol: 'none', color: palette()[i % 8], lineStyle: {width: 1.5, type: [4, 4]},
			data: points('remaining_if_even').concat([{value: [own[0].ends_on, 0], digits: '0'}])});
	});
	return {height: 320, option: base({
		legend: Object.assign(base({}).legend, {data: commitments}),
		tooltip: Object.assign(base({}).tooltip, {trigger: 'axis', formatter: function (items) {
			return escaped(items[0].data.value[0]) + items.map(function (item) {
				return '<br>' + item.marker + escaped(item.seriesName) + ' <b>' + money(item.data.digits, currency) + '</b>';
			}).join('');
		}}),
		grid: {left: 4, right: 90, top: 40, bottom: 4, containLabel: true},
		xAxis: {type: 'time', axisLabel: {formatter: function (at) { return month(new Date(at).toISOString().slice(0, 10)); }}, splitLine: {show: false}},
		yAxis: compactAxis({min: 0, max: most(rows, 'committed')}),
		series: endLabels(series, most(rows, 'committed'), 270)
	})};
};

charts.obligations = function (rows, table, currency) {
	var known = rows.filter(function (row) { return row.amount_low !== null && Number(row.amount_low) > 0; });
	if (!known.length) return null;
	known.sort(function (a, b) { return Number(a.bucket_number) - Number(b.bucket_number); });
	var buckets = distinct(known, 'bucket');
	var pairs = [];
	known.forEach(function (row) {
		var name = party(row.buyer_id) + ' → ' + party(row.supplier_id);
		if (pairs.indexOf(name) < 0) pairs.push(name);
	});
	function total(name) { return sum(known.filter(function (row) { return party(row.buyer_id) + ' → ' + party(row.supplier_id) === name; }), 'amount_low'); }
	pairs.sort(function (a, b) { return total(b) - total(a); });
	var few = pairs.slice(0, 7);
	if (pairs.length > 7) few.push(others);
	return {height: 120 + 52 * buckets.length, option: base({
		tooltip: Object.assign(base({}).tooltip, {formatter: function (item) { return escaped(item.name) + '<br>' + item.marker + escaped(item.seriesName) + ' <b>' + money(item.value.toFixed(0), currency) + '</b>'; }}),
		grid: {left: 4, right: 24, top: 66, bottom: 4, containLabel: true},
		xAxis: compactAxis({}),
		yAxis: {type: 'category', inverse: true, axisLabel: {color: colour('ink'), fontSize: 12}, data: buckets.map(word)},
		series: few.map(function (name, i) {
			return {name: name, type: 'bar', stack: 'all', barMaxWidth: 30, itemStyle: {borderColor: colour('paper'), borderWidth: 1, color: palette()[i % 8]},
				data: buckets.map(function (bucket) {
					return sum(known.filter(function (row) {
						var own = party(row.buyer_id) + ' → ' + party(row.supplier_id);
						return row.bucket === bucket && (own === name || (name === others && few.indexOf(own) < 0));
					}), 'amount_low');
				})};
		})
	})};
};

/* A Sankey diagram may have no circles, so who pays is on the left and who is paid on the right, each once. */
charts.money_flows = function (rows, table, currency) {
	var links = [], nodes = {};
	var shown = rows.slice(0, 40);
	function add(row, name, kind) {
		if (Number(row[name]) <= 0) return;
		links.push({source: 'from ' + row.payer_id, target: 'to ' + row.payee_id, value: Number(row[name]), digits: row[name], payer: row.payer_id, payee: row.payee_id, kind: label(table, name),
			lineStyle: {color: colour(kind), opacity: kind === 'circular' ? 0.75 : 0.45}});
		nodes['from ' + row.payer_id] = party(row.payer_id);
		nodes['to ' + row.payee_id] = party(row.payee_id);
	}
	shown.forEach(function (row) { add(row, 'circulating', 'circular'); add(row, 'outside', 'plain'); });
	if (!links.length) return null;
	var right = Object.keys(nodes).filter(function (name) { return name.slice(0, 3) === 'to '; }).length;
	return {height: 130 + 34 * Math.max(right, Object.keys(nodes).length - right), option: base({
		legend: {show: false},
		title: {show: false},
		graphic: [
			{type: 'rect', left: 0, top: 4, shape: {width: 14, height: 9}, style: {fill: colour('circular')}, silent: true},
			{type: 'text', left: 20, top: 2, style: {text: label(table, 'circulating'), fill: colour('ink'), fontSize: 12}, silent: true},
			{type: 'rect', left: 190, top: 4, shape: {width: 14, height: 9}, style: {fill: colour('plain')}, silent: true},
			{type: 'text', left: 210, top: 2, style: {text: label(table, 'outside'), fill: colour('ink'), fontSize: 12}, silent: true}],
		tooltip: Object.assign(base({}).tooltip, {formatter: function (item) {
			if (item.dataType === 'node') return escaped(nodes[item.name]) + ' <b>' + money(item.value.toFixed(0), currency) + '</b>';
			return escaped(party(item.data.payer)) + ' → ' + escaped(party(item.data.payee)) + '<br>' + escaped(item.data.kind) + ' <b>' + money(item.data.digits, currency) + '</b>';
		}}),
		series: [{type: 'sankey', left: 200, right: 235, top: 30, bottom: 6, nodeWidth: 10, nodeGap: 12, draggable: false, emphasis: {focus: 'adjacency'}, layoutIterations: 64,
			data: Object.keys(nodes).map(function (name) {
				return {name: name, depth: name.slice(0, 3) === 'to ' ? 1 : 0, itemStyle: {color: colour('soft'), borderWidth: 0},
					label: {position: name.slice(0, 3) === 'to ' ? 'right' : 'left', color: colour('ink'), fontSize: 12, formatter: function (item) { return short(nodes[item.name]) + '  ' + compact(item.value); }}};
			}),
			links: links}]
	})};
};

charts.concentration = function (rows, table) {
	var days = distinct(rows, 'as_at'), labs = distinct(rows, 'lab_id').slice(0, 8);
	return {height: 290, option: base({
		tooltip: Object.assign(base({}).tooltip, {trigger: 'axis', formatter: function (items) {
			return escaped(items[0].axisValueLabel) + items.map(function (item) {
				return item.data ? '<br>' + item.marker + escaped(item.seriesName) + ' <b>' + whole.format(item.data.digits) + '</b>' : '';
			}).join('');
		}}),
		legend: {show: false},
		grid: {left: 4, right: 130, top: 36, bottom: 4, containLabel: true},
		xAxis: {type: 'category', boundaryGap: false, data: days.map(month)},
		yAxis: {type: 'value', min: 0, max: 10000, name: label(table, 'hhi'), axisLabel: {formatter: function (value) { return whole.format(value); }}},
		series: endLabels(labs.map(function (lab, i) {
			return {name: party(lab), type: 'line', symbol: symbols[i % 8], symbolSize: 6, lineStyle: {width: 2, type: dashes[i % 4]},
				endLabel: true,
				data: days.map(function (day) {
					var row = rows.filter(function (r) { return r.as_at === day && r.lab_id === lab; })[0];
					return row ? {value: Number(row.hhi), digits: row.hhi} : null;
				})};
		}), 10000, 225)
	})};
};

/* One chart for each unit: gigawatts and chips have no common axis. */
charts.capacity = function (rows, table) {
	var shown = rows.slice(0, 16).reverse();
	var rungs = ['paper', 'contracted', 'delivered', 'usable'];
	var inks = ['faint', 'c6', 'c1', 'c3'], widths = [22, 15, 9, 4];
	return {height: 70 + 34 * shown.length, caption: word(rows[0].metric), option: base({
		tooltip: Object.assign(base({}).tooltip, {trigger: 'axis', axisPointer: {type: 'shadow', shadowStyle: {color: colour('faint'), opacity: 0.3}}, formatter: function (items) {
			return escaped(items[0].name) + items.map(function (item) { return '<br>' + item.marker + escaped(item.seriesName) + ' <b>' + plain.format(item.data.digits) + '</b>'; }).join('');
		}}),
		grid: {left: 4, right: 50, top: 36, bottom: 4, containLabel: true},
		xAxis: compactAxis({}),
		/* An axis for each rung, so that its bars lie on those of the rung before. */
		yAxis: rungs.map(function (rung, r) {
			return {type: 'category', show: r === 0, axisLabel: {show: r === 0, color: colour('ink'), fontSize: 12}, data: shown.map(function (row) { return [row.deal_id, row.site_id && site(row.site_id), row.chip_model_id && chip(row.chip_model_id)].filter(Boolean).join(' · '); })};
		}),
		series: rungs.map(function (rung, r) {
			return {name: label(table, rung), type: 'bar', barWidth: widths[r], yAxisIndex: r, color: colour(inks[r]), z: 2 + r,
				data: shown.map(function (row) { return {value: Number(row[rung] || 0), digits: row[rung] || '0'}; })};
		})
	})};
};

/* Drawing ----------------------------------------------------------- */

var drawn = [];

function split(name) { return name === 'capacity' ? 'metric' : 'currency'; }

function place(container) {
	var table = tables[container.dataset.table];
	var rows = objects(table);
	/* The reporting currency first, whatever a row happens to begin with. */
	var groups = distinct(rows, split(table.chart)).sort(function (a, b) {
		return (b === data.reporting_currency) - (a === data.reporting_currency) || (a < b ? -1 : a > b ? 1 : 0);
	});
	groups.forEach(function (group) {
		var own = rows.filter(function (row) { return row[split(table.chart)] === group; });
		var chart = charts[table.chart](own, table, group);
		if (!chart) return;
		var figure = document.createElement('figure');
		if (groups.length > 1 || table.chart === 'capacity') {
			var caption = document.createElement('figcaption');
			caption.textContent = chart.caption || group;
			figure.appendChild(caption);
		}
		var canvas = document.createElement('div');
		canvas.className = 'chart';
		canvas.style.height = chart.height + 'px';
		canvas.setAttribute('role', 'img');
		canvas.setAttribute('aria-label', container.dataset.label + (groups.length > 1 ? ' ' + (chart.caption || group) : ''));
		figure.appendChild(canvas);
		container.appendChild(figure);
		var instance = echarts.init(canvas, null, {renderer: 'svg'});
		instance.setOption(chart.option);
		drawn.push({instance: instance, canvas: canvas, redraw: function () {
			instance.setOption(charts[table.chart](own, table, group).option, true);
		}});
	});
}

document.querySelectorAll('.charts').forEach(place);

function redrawAll(width) {
	drawn.forEach(function (one) {
		one.instance.resize(width ? {width: width} : {width: 'auto'});
		one.redraw();
		/* On paper the style makes it as wide as the page is. */
		var drawing = one.canvas.querySelector('svg');
		drawing.setAttribute('viewBox', '0 0 ' + drawing.getAttribute('width') + ' ' + drawing.getAttribute('height'));
	});
}
window.addEventListener('resize', function () { redrawAll(); });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () { redrawAll(); });

/* The tables behind charts are folded on a screen, and open on paper. */
var folded = document.querySelectorAll('details.figures');
folded.forEach(function (details) { details.open = false; });
function print(on) {
	folded.forEach(function (details) { details.open = on; });
	redrawAll(on ? 760 : undefined);
}
window.addEventListener('beforeprint', function () { print(true); });
window.addEventListener('afterprint', function () { print(false); });

document.documentElement.dataset.charts = String(drawn.length);
}());
