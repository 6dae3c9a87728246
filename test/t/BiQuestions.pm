# The questions of test/bi/questions.sql, and the ledger they are asked of.
package BiQuestions;

use strict;
use warnings FATAL => 'all';

use FindBin;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our $top = "$FindBin::RealBin/../..";

# Each with its number, statement, pattern of the rows that count, and these in order.
sub questions
{
	open(my $in, '<', "$top/test/bi/questions.sql") or die "questions.sql: $!";
	my @questions;
	while (my $line = <$in>)
	{
		chomp $line;
		if ($line =~ /^-- (\d+)\. /) { push @questions, { number => $1, keep => '', rows => [] }; }
		elsif ($line =~ /^-- keep (.*)/) { $questions[-1]{keep} = $1; }
		elsif ($line =~ /^-- = (.*)/) { push @{ $questions[-1]{rows} }, $1; }
		elsif ($line =~ /^select/) { $questions[-1]{sql} = $line; }
	}
	return @questions;
}

# The rows of an answer that count, in order.
sub answer
{
	my ($question, @rows) = @_;
	return join("\n", sort grep { /$question->{keep}/ } @rows);
}

# Two for the name localhost, of which the server will have the first; false where there is no openssl.
sub make_certificates
{
	my ($folder) = @_;
	foreach my $name ('server', 'other')
	{
		return 0 unless IPC::Run::run([ 'openssl', 'req', '-new', '-x509', '-days', '2', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
			'-out', "$folder/$name.crt", '-keyout', "$folder/$name.key" ], '>', '/dev/null', '2>', '/dev/null');
		chmod 0600, "$folder/$name.key";
	}
	return 1;
}

# A server that listens on TCP too, with the ledger, two readers and a tenant who log in.
sub start
{
	my ($name, $certificates) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$node->append_conf('postgresql.conf', "listen_addresses = '127.0.0.1'\nfsync = off\nclient_min_messages = warning\n");
	$node->append_conf('postgresql.conf', "ssl = on\nssl_cert_file = '$certificates/server.crt'\nssl_key_file = '$certificates/server.key'\n") if $certificates;
	$node->append_conf('pg_hba.conf', "host all all 127.0.0.1/32 trust\n");
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION chipbook');
	my $loaded = IPC::Run::run([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), '-f', "$top/test/bi/world.sql" ], '>&', \my $output);
	ok($loaded, 'the books are made') or diag($output);
	$node->safe_psql('postgres', q{CREATE ROLE analyst LOGIN; CREATE ROLE team_a LOGIN; CREATE ROLE hasty LOGIN; CREATE ROLE keeper LOGIN SUPERUSER;
		SELECT chipbook.grant_ledger('books', 'reader', 'analyst'), chipbook.grant_ledger('books', 'reader', 'hasty'), chipbook.grant_tenant('books', 'team_a', 'a')});
	foreach my $role ("'analyst'", "'hasty', timeout => '1s'", "'team_a', tenant => true")
	{
		$node->safe_psql('postgres', $_) foreach split /\n/, $node->safe_psql('postgres', "SELECT chipbook.reader_settings('books', $role)");
	}
	return $node;
}

1;
