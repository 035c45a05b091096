# What a check costs, in instructions.

# Callgrind has the child write files; its own memory, and system calls that a filter would bar, are beyond the child's limits.
COST_BUILD = O=obj/cost PROGRAM=obj/cost/check_xmpp_ping CC=gcc SECCOMP= \
	CFLAGS='-O2 -DCONFINE_LIMITS_MEMORY=0 -DCONFINE_LIMITS_FILES=0'

cost: ## count the instructions of a check, and compare them with the budget in t/cost
	$(Q)$(MAKE) --no-print-directory -s obj/cost/check_xmpp_ping $(COST_BUILD)
	$(Q)PROBE=$(abspath obj/cost/check_xmpp_ping) t/cost/run

cost-budget: ## make what a check costs now the budget
	$(Q)$(MAKE) --no-print-directory -s obj/cost/check_xmpp_ping $(COST_BUILD)
	$(Q)PROBE=$(abspath obj/cost/check_xmpp_ping) t/cost/run write

.PHONY: cost cost-budget
