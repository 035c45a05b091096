# What a check costs, beside other clients.

BENCH := $(addprefix $(O)/bench/,floor timed unsupervised)
PROGRAMS += $(BENCH)
$(O)/bench/floor $(O)/bench/timed: %: %.o
# Its own functions come first, so that those of the same name stay in the archives.
$(O)/bench/unsupervised: $(O)/check_xmpp_ping.o $(O)/bench/unsupervised.o $(BOTH)

bench: all $(BENCH) ## measure a check, beside the least that a client can do and other clients, and write doc/performance.md
	$(Q).ci/install bench
	$(Q)PROBE=$(abspath $(PROGRAM)) OBJECTS=$(abspath $(O)) bench/run

.PHONY: bench
