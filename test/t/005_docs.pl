# Every SQL example of README.md, docs/*.md and docs/*/*.md is run, and gives what the page says it gives.
#
# A page is one psql session, top to bottom. A block fenced as sql is run; when a block fenced as text
# follows it, with nothing but blank lines between, that is its exact output, trailing blanks apart. A
# block without one must not fail. docs/testing.md describes the format for those who write pages.

use strict;
use warnings FATAL => 'all';

use FindBin;
use IPC::Run qw(run);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = "$FindBin::RealBin/../..";

# What a page may ask for in its first line, and the database it then starts from.
my %template = (
    'chipbook' => 'with_chipbook',
    'sample' => 'with_sample',
    'nothing' => 'template0');

# The examples of a page: their line, SQL, and output when it is given.
sub examples
{
    my ($lines) = @_;
    my (@examples, $block);
    my $number = 0;
    my $follows = 0;
    foreach my $line (@$lines)
    {
        $number++;
        if (!$block && $line =~ /^```(\w*)\s*$/)
        {
            $block = { kind => $1, line => $number, text => '' };
        }
        elsif ($block && $line =~ /^```\s*$/)
        {
            if ($block->{kind} eq 'sql')
            {
                push @examples, { line => $block->{line}, sql => $block->{text} };
            }
            elsif ($block->{kind} eq 'text' && $follows)
            {
                $examples[-1]->{output} = $block->{text};
            }
            $follows = $block->{kind} eq 'sql';
            $block = undef;
        }
        elsif ($block)
        {
            $block->{text} .= $line;
        }
        elsif ($line =~ /\S/)
        {
            $follows = 0;
        }
    }
    return @examples;
}

# Output as the pages show it: no trailing blanks, no pointer into the statement.
sub tidy
{
    my ($text) = @_;
    $text =~ s/^LINE \d+: .*\n\s*\^\s*\n//mg;
    $text =~ s/[ \t]+$//mg;
    $text =~ s/\n+\z//;
    return $text;
}

my $node = PostgreSQL::Test::Cluster->new('docs');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "timezone = 'UTC'\ndatestyle = 'ISO, YMD'\n");
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE with_chipbook TEMPLATE template0');
$node->safe_psql('with_chipbook', 'CREATE EXTENSION chipbook');

sub make_sample
{
    $node->safe_psql('postgres', 'CREATE DATABASE with_sample TEMPLATE with_chipbook STRATEGY file_copy');
    chdir "$top/test/demo" or die "test/demo: $!";
    my $loaded = run [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('with_sample'), '-f', 'load.sql' ],
        '>&', \my $output;
    ok($loaded, 'the sample world loads') or diag($output);
    chdir $top or die "$top: $!";
    return;
}

chdir $top or die "$top: $!";
my $sample_made = 0;
my $database = 0;
foreach my $page (grep { -f } 'README.md', glob('docs/*.md'), glob('docs/*/*.md'))
{
    open(my $file, '<', $page) or die "$page: $!";
    my @lines = <$file>;
    close $file;
    my ($needs) = @lines && $lines[0] =~ /^<!-- needs: (\w+) -->/ ? $1 : 'chipbook';
    my @examples = examples(\@lines) or next;

    die "$page needs $needs" unless $template{$needs};
    make_sample() if $needs eq 'sample' && !$sample_made++;
    $database++;
    $node->safe_psql('postgres', "CREATE DATABASE page$database TEMPLATE $template{$needs} STRATEGY file_copy");

    my $script = "\\set SHOW_CONTEXT never\n\\pset pager off\nSET search_path = chipbook, public;\n";
    $script .= "\\echo <<< example $_ >>>\n$examples[$_]->{sql}\n" foreach 0 .. $#examples;
    $script .= "\\echo <<< end >>>\n";
    run [ 'psql', '-X', '-d', $node->connstr("page$database") ], '<', \$script, '>&', \my $output;

    foreach my $i (0 .. $#examples)
    {
        my $example = $examples[$i];
        my $name = "$page, the example at line $example->{line}";
        my ($got) = $output =~ /^<<< example $i >>>\n(.*?)^<<< (?:example|end)/ms;
        if (!defined $got)
        {
            fail("$name did not run");
        }
        elsif (defined $example->{output})
        {
            is(tidy($got), tidy($example->{output}), $name);
        }
        else
        {
            unlike($got, qr/^(ERROR|FATAL|PANIC):/m, $name);
        }
    }
}

$node->stop;
done_testing();
