# XMPP Ping as a library for others: lib/child/xmpp/ping.h, and what that needs. The number of its ABI changes with what breaks
# a program that was linked before.
LIBRARY_ABI     := 0
LIBRARY_SONAME  := libxmppping.so.$(LIBRARY_ABI)
LIBRARY_OBJECTS := $(patsubst %,$(O)/pic/lib/%.o,$(addprefix child/xmpp/,ping ping_request ping_keepalive ping_stanza stanza id) \
	shared/jid shared/idna shared/condition shared/host base/utf8 base/text base/mark base/library)

library: $(O)/$(LIBRARY_SONAME) $(O)/libxmppping.a $(O)/libxmppping.pc ## build the ping library, shared and static

# Nobody sees but what begins with ping_, in the static library either. What the list above lacks is an error; the sanitizers have
# their own functions in the program only.
$(O)/$(LIBRARY_SONAME): $(LIBRARY_OBJECTS) lib/child/xmpp/ping.map
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -fPIC $(filter-out -pie,$(ALL_LDFLAGS)) -shared -Wl,-soname,$(LIBRARY_SONAME) \
		$(call unless,-fsanitize,-z defs) -Wl,--version-script=lib/child/xmpp/ping.map -o $@ $(LIBRARY_OBJECTS) $(ALL_LIBS)

$(O)/libxmppping.a: $(LIBRARY_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(CC) -r -nostdlib -o $(O)/libxmppping.o $^ && \
		$(OBJCOPY) --wildcard --keep-global-symbol='ping_*' $(O)/libxmppping.o && $(AR) rcs $@ $(O)/libxmppping.o

$(O)/libxmppping.pc: doc/libxmppping.pc.in Makefile
	$(call say,PC,$@)
	$(Q)sed -e 's|@PREFIX@|$(prefix)|' -e 's|@LIBDIR@|$(libdir)|' -e 's|@INCLUDEDIR@|$(includedir)|' \
		-e 's/@VERSION@/$(VERSION)/' $< >$@

.PHONY: library
