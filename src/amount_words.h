/*
 * amount_words.h
 *		The words of amounts, in German and English, and what they stand for. For
 *		amount_words.c alone. Letters are folded: lower case, umlauts as ae, oe, ue, ss.
 *		The same word may be two numbers in two languages: hence two lists of each kind.
 */
#ifndef CHIPBOOK_AMOUNT_WORDS_H
#define CHIPBOOK_AMOUNT_WORDS_H

typedef struct Words
{
	const char *word;
	int value;
} Words;

enum
{
	QUALIFIER_NONE = -1,
	QUALIFIER_EXACTLY,
	QUALIFIER_ABOUT,
	QUALIFIER_NEARLY,
	QUALIFIER_MORE_THAN,
	QUALIFIER_AT_LEAST,
	QUALIFIER_UP_TO,
	QUALIFIER_UNKNOWN,
};

static const char *const qualifier_names[] = {"exactly",  "about", "nearly", "more_than",
											  "at_least", "up_to", "unknown"};

/* Of several words the longer stand first. A qualifier of two words has a space. */
static const Words german_qualifiers[] = {
	{"mehr als", QUALIFIER_MORE_THAN},  {"ueber", QUALIFIER_MORE_THAN},
	{"bis zu", QUALIFIER_UP_TO},        {"hoechstens", QUALIFIER_UP_TO},
	{"maximal", QUALIFIER_UP_TO},       {"mindestens", QUALIFIER_AT_LEAST},
	{"wenigstens", QUALIFIER_AT_LEAST}, {"weniger als", QUALIFIER_NEARLY},
	{"unter", QUALIFIER_NEARLY},        {"knapp", QUALIFIER_NEARLY},
	{"fast", QUALIFIER_NEARLY},         {"nahezu", QUALIFIER_NEARLY},
	{"beinahe", QUALIFIER_NEARLY},      {"rund", QUALIFIER_ABOUT},
	{"etwa", QUALIFIER_ABOUT},          {"ungefaehr", QUALIFIER_ABOUT},
	{"circa", QUALIFIER_ABOUT},         {"ca", QUALIFIER_ABOUT},
	{"genau", QUALIFIER_EXACTLY},       {NULL, 0}};
static const Words english_qualifiers[] = {
	{"more than", QUALIFIER_MORE_THAN}, {"over", QUALIFIER_MORE_THAN},
	{"above", QUALIFIER_MORE_THAN},     {"up to", QUALIFIER_UP_TO},
	{"at most", QUALIFIER_UP_TO},       {"at least", QUALIFIER_AT_LEAST},
	{"less than", QUALIFIER_NEARLY},    {"under", QUALIFIER_NEARLY},
	{"below", QUALIFIER_NEARLY},        {"nearly", QUALIFIER_NEARLY},
	{"almost", QUALIFIER_NEARLY},       {"about", QUALIFIER_ABOUT},
	{"around", QUALIFIER_ABOUT},        {"roughly", QUALIFIER_ABOUT},
	{"approximately", QUALIFIER_ABOUT}, {"some", QUALIFIER_ABOUT},
	{"exactly", QUALIFIER_EXACTLY},     {NULL, 0}};

/* Powers of ten. The same word in two languages may be two powers: hence two lists. */
static const Words german_scales[] = {
	{"zehn", 1},       {"hundert", 2},    {"hunderte", 2},    {"tausend", 3},   {"tausende", 3},
	{"tsd", 3},        {"million", 6},    {"millionen", 6},   {"mio", 6},       {"milliarde", 9},
	{"milliarden", 9}, {"mrd", 9},        {"mia", 9},         {"billion", 12},  {"billionen", 12},
	{"bio", 12},       {"billiarde", 15}, {"billiarden", 15}, {"trillion", 18}, {"trillionen", 18},
	{NULL, 0}};
static const Words english_scales[] = {
	{"ten", 1},       {"tens", 1},       {"hundred", 2},  {"hundreds", 2},     {"thousand", 3},
	{"thousands", 3}, {"k", 3},          {"million", 6},  {"millions", 6},     {"mn", 6},
	{"m", 6},         {"billion", 9},    {"billions", 9}, {"bn", 9},           {"b", 9},
	{"trillion", 12}, {"trillions", 12}, {"tn", 12},      {"quadrillion", 15}, {NULL, 0}};

/* In tenths, for the halves. */
static const Words german_numbers[] = {
	{"halbe", 5},  {"halben", 5},      {"ein", 10},        {"eine", 10},    {"einer", 10},
	{"einen", 10}, {"anderthalb", 15}, {"eineinhalb", 15}, {"zwei", 20},    {"zweieinhalb", 25},
	{"drei", 30},  {"vier", 40},       {"fuenf", 50},      {"sechs", 60},   {"sieben", 70},
	{"acht", 80},  {"neun", 90},       {"elf", 110},       {"zwoelf", 120}, {"zwanzig", 200},
	{NULL, 0}};
static const Words english_numbers[] = {
	{"half", 5},     {"a", 10},       {"an", 10},      {"one", 10},   {"two", 20},   {"three", 30},
	{"four", 40},    {"five", 50},    {"six", 60},     {"seven", 70}, {"eight", 80}, {"nine", 90},
	{"eleven", 110}, {"twelve", 120}, {"twenty", 200}, {NULL, 0}};

static const Words german_several[] = {{"mehrere", 1}, {"mehreren", 1}, {"mehrerer", 1},
									   {"einige", 1},  {"einigen", 1},  {NULL, 0}};
static const Words english_several[] = {{"several", 1}, {"few", 1}, {"multiple", 1}, {NULL, 0}};

/* Words that carry no quantity before one. */
static const Words german_fillers[] = {
	{"im", 1},      {"in", 1},      {"wert", 1},      {"hoehe", 1},    {"von", 1},
	{"derzeit", 1}, {"aktuell", 1}, {"insgesamt", 1}, {"der", 1},      {"die", 1},
	{"das", 1},     {"den", 1},     {"sein", 1},      {"betragen", 1}, {NULL, 0}};
static const Words english_fillers[] = {{"worth", 1}, {"valued", 1}, {"value", 1},     {"of", 1},
										{"the", 1},   {"total", 1},  {"currently", 1}, {"be", 1},
										{"is", 1},    {"are", 1},    {"in", 1},        {NULL, 0}};

enum
{
	MODALITY_ACTUAL,
	MODALITY_FORECAST,
	MODALITY_CONDITIONAL,
};
static const char *const modality_names[] = {"actual", "forecast", "conditional"};
static const Words german_modals[] = {{"koennte", MODALITY_CONDITIONAL},
									  {"koennten", MODALITY_CONDITIONAL},
									  {"moeglicherweise", MODALITY_CONDITIONAL},
									  {"moegliche", MODALITY_CONDITIONAL},
									  {"moeglicher", MODALITY_CONDITIONAL},
									  {"potenziell", MODALITY_CONDITIONAL},
									  {"potenzielle", MODALITY_CONDITIONAL},
									  {"duerfte", MODALITY_CONDITIONAL},
									  {"soll", MODALITY_FORECAST},
									  {"sollen", MODALITY_FORECAST},
									  {"wird", MODALITY_FORECAST},
									  {"werden", MODALITY_FORECAST},
									  {"geplant", MODALITY_FORECAST},
									  {"geplante", MODALITY_FORECAST},
									  {"erwartet", MODALITY_FORECAST},
									  {NULL, 0}};
static const Words english_modals[] = {
	{"could", MODALITY_CONDITIONAL},       {"may", MODALITY_CONDITIONAL},
	{"might", MODALITY_CONDITIONAL},       {"would", MODALITY_CONDITIONAL},
	{"possibly", MODALITY_CONDITIONAL},    {"potential", MODALITY_CONDITIONAL},
	{"potentially", MODALITY_CONDITIONAL}, {"will", MODALITY_FORECAST},
	{"planned", MODALITY_FORECAST},        {"expected", MODALITY_FORECAST},
	{"forecast", MODALITY_FORECAST},       {NULL, 0}};

static const Words unknown_words[] = {{"unknown", 1},    {"undisclosed", 1}, {"unbekannt", 1},
									  {"unbekannte", 1}, {"unbekannter", 1}, {NULL, 0}};

typedef struct Unit
{
	const char *word;
	const char *unit;
} Unit;

/* A dollar without its country is the US dollar in both press languages; others say theirs. */
static const Unit units[] = {{"$", "USD"},
							 {"usd", "USD"},
							 {"dollar", "USD"},
							 {"dollars", "USD"},
							 {"us dollar", "USD"},
							 {"us dollars", "USD"},
							 {"us $", "USD"},
							 {"\xe2\x82\xac", "EUR"},
							 {"eur", "EUR"},
							 {"euro", "EUR"},
							 {"euros", "EUR"},
							 {"\xc2\xa3", "GBP"},
							 {"gbp", "GBP"},
							 {"pfund", "GBP"},
							 {"pounds", "GBP"},
							 {"\xc2\xa5", "JPY"},
							 {"jpy", "JPY"},
							 {"yen", "JPY"},
							 {"chf", "CHF"},
							 {"franken", "CHF"},
							 {"francs", "CHF"},
							 {"cny", "CNY"},
							 {"yuan", "CNY"},
							 {"gigawatt", "gigawatts"},
							 {"gigawatts", "gigawatts"},
							 {"gw", "gigawatts"},
							 {"megawatt", "megawatts"},
							 {"megawatts", "megawatts"},
							 {"mw", "megawatts"},
							 {"kilowatt", "kilowatts"},
							 {"kilowatts", "kilowatts"},
							 {"kw", "kilowatts"},
							 {"chip", "chips"},
							 {"chips", "chips"},
							 {"%", "percent"},
							 {"prozent", "percent"},
							 {"percent", "percent"},
							 {NULL, NULL}};

#endif /* CHIPBOOK_AMOUNT_WORDS_H */
