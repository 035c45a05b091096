# Comparisons with other clients.

PROGRAMS += $(O)/bench/floor
$(O)/bench/floor: $(O)/bench/floor.o

bench: all $(O)/bench/floor ## compare with the least that a client can do, and with other clients
	$(Q)bench/run

.PHONY: bench
