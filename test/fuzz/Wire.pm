# PostgreSQL's wire protocol over a Unix socket, as far as the fuzzer needs it: parameters that reach a
# type's receive function as the very bytes given, hundreds of them in flight, and errors as fields.
package Wire;

use strict;
use warnings;
use IO::Socket::UNIX;

# A connection, or undef when the server takes none.
sub connect
{
	my ($class) = @_;
	my $path = "$ENV{PGHOST}/.s.PGSQL." . ($ENV{PGPORT} || 5432);
	my $socket = IO::Socket::UNIX->new(Peer => $path) or return undef;
	my $self = bless { socket => $socket, in => '' }, $class;
	my $startup = pack('N', 3 << 16);
	$startup .= "$_\0" for (
		user => $ENV{PGUSER}, database => $ENV{PGDATABASE} || $ENV{PGUSER},
		client_encoding => 'UTF8', application_name => 'chipbook fuzz');
	$startup .= "\0";
	$self->send(pack('N', 4 + length $startup) . $startup) or return undef;
	my $answer = $self->answer or return undef;
	return $answer->{error} ? undef : $self;
}

# False when the server is gone.
sub send
{
	my ($self, $bytes) = @_;
	local $SIG{PIPE} = 'IGNORE';
	while (length $bytes)
	{
		my $written = syswrite($self->{socket}, $bytes) or return 0;
		substr($bytes, 0, $written, '');
	}
	return 1;
}

sub message { return $_[0] . pack('N', 4 + length $_[1]) . $_[1] }

# One message as (type, body); empty when the server is gone.
sub receive
{
	my ($self) = @_;
	while (1)
	{
		if (length $self->{in} >= 5)
		{
			my ($type, $length) = unpack('a1 N', $self->{in});
			if (length $self->{in} > $length)
			{
				my $body = substr($self->{in}, 5, $length - 4);
				substr($self->{in}, 0, 1 + $length, '');
				return ($type, $body);
			}
		}
		sysread($self->{socket}, $self->{in}, 65536, length $self->{in}) or return ();
	}
}

sub fields
{
	my %field;
	for (split /\0/, $_[0])
	{
		my ($code, $text) = /^(.)(.*)$/s or next;
		$field{$code} = $text;
	}
	return \%field;
}

# What came back up to the next ReadyForQuery: rows, parameter types, the error's fields if there was
# one. Undef when the server is gone.
sub answer
{
	my ($self) = @_;
	my %answer = (rows => []);
	while (my ($type, $body) = $self->receive)
	{
		if ($type eq 'Z') { return \%answer }
		elsif ($type eq 'E')
		{
			$answer{error} = fields($body);
			# An administrator's or a crash's shutdown: nothing follows.
			return undef if $answer{error}{C} =~ /^57P0/;
		}
		elsif ($type eq 'D')
		{
			my ($count, @row) = unpack('n', $body);
			my $at = 2;
			for (1 .. $count)
			{
				my $length = unpack('N', substr $body, $at, 4);
				$at += 4;
				push(@row, undef), next if $length == 0xFFFFFFFF;
				push @row, substr $body, $at, $length;
				$at += $length;
			}
			push @{ $answer{rows} }, \@row;
		}
	}
	return undef;
}

# Rows of a query that must succeed.
sub query
{
	my ($self, $sql) = @_;
	my $answer = $self->send(message('Q', "$sql\0")) && $self->answer or die "the server is gone, before: $sql\n";
	die "$answer->{error}{M}\nin: $sql\n" if $answer->{error};
	return $answer->{rows};
}

sub prepare
{
	my ($self, $name, $sql) = @_;
	my $answer = $self->send(message('P', "$name\0$sql\0\0\0") . message('S', ''))
	  && $self->answer or die "the server is gone, before: $sql\n";
	die "$answer->{error}{M}\nin: $sql\n" if $answer->{error};
}

# The bytes that run a prepared statement once. A parameter is undef, or [is it binary, bytes]; results
# come in the formats given.
sub execution
{
	my ($name, $parameters, $formats) = @_;
	my $bind = "\0$name\0" . pack('n n*', scalar @$parameters, map { $_ && $_->[0] ? 1 : 0 } @$parameters);
	$bind .= pack 'n', scalar @$parameters;
	$bind .= defined $_ ? pack('N', length $_->[1]) . $_->[1] : pack('N', 0xFFFFFFFF) for @$parameters;
	$bind .= pack 'n n*', scalar @$formats, @$formats;
	return message('B', $bind) . message('E', "\0" . pack('N', 0)) . message('S', '');
}

1;
