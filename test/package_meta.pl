# package_meta.pl VERSION: META.json here says what PGXN requires (https://pgxn.org/spec/), of this version.
use strict;
use warnings FATAL => 'all';

use JSON::PP;

my ($version) = @ARGV;
open(my $in, '<', 'META.json') or die "META.json: $!\n";
my $meta = decode_json(join('', <$in>));
foreach my $field (qw(name version abstract maintainer license provides meta-spec))
{
	die "META.json has no $field\n" unless $meta->{$field};
}
my $extension = $meta->{provides}{chipbook} or die "META.json does not provide chipbook\n";
foreach my $part ($meta, $extension)
{
	die "META.json is of version $part->{version}\n" if $part->{version} ne $version;
}
die "META.json provides chipbook by $extension->{file}, which is not there\n" unless -e $extension->{file} || $extension->{file} eq "chipbook--$version.sql";
