# Installation below DESTDIR.

completionsdir = $(datarootdir)/bash-completion/completions
installed_man  = $(mandir)/man$(mansection)/check_xmpp_ping.$(mansection)

# Pages, their pictures, examples and the schema, with their folders.
DOC_FILES := README NEWS SECURITY $(wildcard doc/*.md doc/*.json doc/*/*.json doc/pictures/*.png doc/*.svg doc/*/*.svg) \
	$(shell find conf -type f)

install: install-plugin install-library ## install all that was built below DESTDIR

install-plugin: plugin ## install plugin, man page, completion, pages and examples below DESTDIR
	$(INSTALL) -D -m 0755 $(PROGRAM) $(DESTDIR)$(libexecdir)/check_xmpp_ping
	$(INSTALL) -D -m 0644 $(MANUAL) $(DESTDIR)$(installed_man)
	$(INSTALL) -D -m 0644 $(COMPLETION) $(DESTDIR)$(completionsdir)/check_xmpp_ping
	for file in $(DOC_FILES); do $(INSTALL) -D -m 0644 $$file $(DESTDIR)$(docdir)/$$file || exit 1; done

install-library: library ## install the ping library, its header, man page and example below DESTDIR
	$(INSTALL) -D -m 0644 $(O)/$(LIBRARY_SONAME) $(DESTDIR)$(libdir)/$(LIBRARY_SONAME)
	ln -sf $(LIBRARY_SONAME) $(DESTDIR)$(libdir)/libxmppping.so
	$(INSTALL) -D -m 0644 $(O)/libxmppping.a $(DESTDIR)$(libdir)/libxmppping.a
	$(INSTALL) -D -m 0644 $(O)/libxmppping.pc $(DESTDIR)$(libdir)/pkgconfig/libxmppping.pc
	$(INSTALL) -D -m 0644 lib/child/xmpp/ping.h $(DESTDIR)$(includedir)/xmppping/ping.h
	$(INSTALL) -D -m 0644 doc/libxmppping.3 $(DESTDIR)$(mandir)/man3/libxmppping.3
	$(INSTALL) -D -m 0644 -t $(DESTDIR)$(datarootdir)/doc/libxmppping/examples doc/examples/keepalive.c

uninstall: ## remove what install has installed
	rm -f $(DESTDIR)$(libexecdir)/check_xmpp_ping $(DESTDIR)$(installed_man) \
		$(DESTDIR)$(completionsdir)/check_xmpp_ping $(addprefix $(DESTDIR)$(docdir)/,$(DOC_FILES)) \
		$(addprefix $(DESTDIR)$(libdir)/,$(LIBRARY_SONAME) libxmppping.so libxmppping.a pkgconfig/libxmppping.pc) \
		$(DESTDIR)$(includedir)/xmppping/ping.h $(DESTDIR)$(mandir)/man3/libxmppping.3 \
		$(DESTDIR)$(datarootdir)/doc/libxmppping/examples/keepalive.c

.PHONY: install install-plugin install-library uninstall
