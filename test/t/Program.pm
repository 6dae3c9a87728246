# Running the program `chipbook` in tests: its exit code, what it says, its JSON.
package Program;
use strict;
use warnings FATAL => 'all';

use Exporter 'import';
use IPC::Run qw(run timeout);
use JSON::PP qw(decode_json);
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(use_server chipbook answer write_file $out $err $patience);

our ($out, $err) = ('', '');

# The machine may have other work.
our $patience = 3 * $PostgreSQL::Test::Utils::timeout_default;

# The program finds the node by the environment, and nothing else there; files are written to a folder of the test.
sub use_server
{
	my ($node, $database) = @_;
	my $folder = PostgreSQL::Test::Utils::tempdir;
	chdir $folder or die "$folder: $!";
	delete @ENV{qw(PGUSER PGSERVICE PGSERVICEFILE PGPASSFILE PGPASSWORD PGOPTIONS PGAPPNAME CHIPBOOK_LEDGER)};
	@ENV{qw(PGHOST PGPORT PGDATABASE HOME)} = ($node->host, $node->port, $database, $folder);
	return $folder;
}

# Its exit code; a reference at the end is its standard input. Output is in $out and $err.
sub chipbook
{
	my @arguments = @_;
	my $in = ref $arguments[-1] ? pop @arguments : \'';
	($out, $err) = ('', '');
	run [ 'chipbook', @arguments ], '<', $in, '>', \$out, '2>', \$err, timeout($patience);
	return $? >> 8;
}

# How many keys a document has, as it is written and as it is read.
sub written_keys
{
	my ($text) = @_;
	$text =~ s/"(?:[^"\\]|\\.)*"(\s*:)?/defined $1 ? 'K' : ''/ge;
	return $text =~ tr/K//;
}

sub read_keys
{
	my ($value) = @_;
	my $count = 0;
	$count += read_keys($_) foreach ref $value eq 'HASH' ? values %$value : ref $value eq 'ARRAY' ? @$value : ();
	return $count + (ref $value eq 'HASH' ? keys %$value : 0);
}

# What it says with --json, which must be one document on one line.
sub answer
{
	my @arguments = @_;
	my $in = ref $arguments[-1] ? pop @arguments : undef;
	my $code = chipbook(@arguments, '--json', $in // ());
	my $document = eval { decode_json($out) };
	my $called = "chipbook @arguments" =~ s/[^ -~]/?/gr;
	is($out =~ tr/\n//, 1, "$called: one document") or diag($out, $err);
	is($document->{exit_code}, $code, '  with its exit code');
	# Where a key comes twice, readers differ in which they take.
	is(written_keys($out), read_keys($document), '  and no key twice') if $document;
	note("  $document->{error}{message}") if $document->{error};
	return $document;
}

sub write_file
{
	my ($name, $text) = @_;
	open(my $file, '>:raw', $name) or die "$name: $!";
	print $file $text;
	close $file or die "$name: $!";
	return $name;
}

1;
