#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Hostile servers: every phase of a check times every misdeed, and what can only be done in one place; again over SASL2 (XEP-0388)
# from where it differs. Each run has the right state and condition, valid output, ends in time and in bounded memory, and tells
# and sends no secret.

use strict;
use warnings;
use FindBin;
use Test::More;

use lib "$FindBin::Bin/support";

use Misdeeds qw(phases_times_misdeeds run_misdeeds sasl2_misdeeds special_misdeeds);

my @cases = (phases_times_misdeeds(), special_misdeeds(), sasl2_misdeeds());
my $memory = run_misdeeds(16, @cases);
note scalar(@cases) . " hostile servers; the most memory that a probe took: $memory KiB";
done_testing;
