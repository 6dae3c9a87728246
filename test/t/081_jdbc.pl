# The ten questions by psql and over JDBC, and what else a BI tool does there (test/jdbc/Door.java), in JVMs of
# several time zones and locales. Without a JDK or pgjdbc, JDBC is skipped and psql asks alone.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use BiQuestions;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = BiQuestions::start('jdbc');

foreach my $question (BiQuestions::questions())
{
	my @rows = split /\n/, BiQuestions::ask_psql($node, $question->{sql}, 'analyst');
	is(BiQuestions::answer($question, @rows), BiQuestions::answer($question, @{ $question->{rows} }), "question $question->{number} by psql, as typed");
}

my ($driver) = grep { -f } glob '/usr/share/java/postgresql.jar /usr/share/java/postgresql-[0-9]*.jar';
SKIP:
{
	skip 'there is no javac (default-jdk-headless)', 1 if system('javac -version >/dev/null 2>&1') != 0;
	skip 'there is no pgjdbc (libpostgresql-jdbc-java)', 1 unless $driver;

	my $classes = PostgreSQL::Test::Utils::tempdir();
	my ($out, $err);
	ok(IPC::Run::run([ 'javac', '-J-Xshare:auto', '-Xlint:all', '-d', $classes, '-cp', $driver, "$BiQuestions::top/test/jdbc/Door.java" ], '>', \$out, '2>', \$err), 'Door.java compiles') or diag($err);
	my $url = sprintf('jdbc:postgresql://127.0.0.1:%d/postgres', $node->port);
	# Letters change between i and dotless i in Turkish, numbers take commas in German, days begin elsewhere.
	foreach my $jvm ([ 'en', 'US', 'UTC' ], [ 'tr', 'TR', 'America/New_York', 'short' ], [ 'de', 'DE', 'Pacific/Kiritimati', 'short' ], [ 'ar', 'EG', 'Asia/Kolkata', 'short' ])
	{
		my ($language, $country, $zone, @short) = @$jvm;
		local $ENV{LC_ALL} = 'C.UTF-8';
		my $run = IPC::Run::run([ 'java', '-Xmx256m', "-Duser.language=$language", "-Duser.country=$country", "-Duser.timezone=$zone", '-cp', "$classes:$driver", 'Door', $url, "$BiQuestions::top/test/bi/questions.sql", @short ],
			'>', \$out, '2>', \$err);
		ok($run, "a JVM of $language in $zone") or diag($err);
		foreach my $line (split /\n/, $out)
		{
			my ($ok, $what, $detail) = split /\t/, $line, 3;
			next unless defined $what;
			ok($ok eq 'ok', "$language, $zone: $what") or diag($detail);
		}
	}
}

$node->stop;
done_testing();
