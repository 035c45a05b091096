# Documentation: what it has from the program's own tables.

GENERATE := $(O)/doc/generate
PROGRAMS += $(GENERATE)
$(GENERATE): $(patsubst %.c,$(O)/%.o,$(wildcard doc/generator/*.c)) $(PARENT)
$(GENERATE): LIBS += -ljansson

MANUAL     := $(O)/check_xmpp_ping.1
COMPLETION := $(O)/check_xmpp_ping.bash

# What the documentation has from the tables of options, conditions, phases and figures is printed by a program that has them.
$(MANUAL): doc/check_xmpp_ping.1.in $(GENERATE)
	$(call say,MAN,$@)
	$(Q)$(GENERATE) fill <$< | sed -e 's/@VERSION@/$(VERSION)/' -e 's|@SYSCONFDIR@|$(sysconfdir)|' \
		-e 's/@SECTION@/$(mansection)/' >$@

$(COMPLETION): $(GENERATE)
	$(call say,BASH,$@)
	$(Q)$< bash >$@

# Checked in, as users copy and read it; a test tells when it is not what the tables say.
FILLED := README doc/prometheus.md doc/states.md doc/troubleshooting.md doc/check_xmpp_ping.schema.json

conf: $(GENERATE) ## write what README, conf/ and doc/ have from the tables of options, conditions, phases and figures
	$(Q)$< icinga2 >conf/icinga2/command.conf
	$(Q)$< director >conf/icinga2/director-basket.json
	$(Q)for file in $(FILLED); do $< fill <$$file >$(O)/filled && cp $(O)/filled $$file || exit 1; done

doc: ## draw the rooms of lib/ from the sources, for doc/architecture.md; needs graphviz
	$(Q)doc/draw_rooms | dot -Tsvg >doc/architecture.svg

# To be looked at before they are checked in.
pictures: all ## make the pictures of doc/ anew, from real monitoring systems
	$(Q).ci/install pictures
	$(Q)PROBE=$(abspath $(PROGRAM)) doc/pictures/make

.PHONY: conf doc pictures
