# Source archive and packages, in dist/.

DIST := check_xmpp_ping-$(VERSION)
# The folder $(1), but for $(2), to standard output: always the same bytes.
pack = tar -c -C $(1) --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX --mtime=$(abspath NEWS) $(2) \
	--transform='s|^\.|$(DIST)|' . | gzip -n

# Of the last commit; outside git, of what is here and was not built.

dist: ## pack a source archive, with its checksum, in dist/
	$(Q)mkdir -p dist
	if [ -e .git ]; then git archive --prefix=$(DIST)/ -o dist/$(DIST).tar.gz HEAD; \
	else $(call pack,.,--exclude=./obj --exclude=./dist --exclude=./$(notdir $(PROGRAM))) >dist/$(DIST).tar.gz; fi
	$(Q)cd dist && sha256sum $(DIST).tar.gz | tee $(DIST).tar.gz.sha256

# Built from the archive that `make dist` packs, in dist/.
deb: dist ## build the Debian packages of the last commit
	$(Q)rm -rf dist/deb && mkdir dist/deb && tar -x -C dist/deb -f dist/$(DIST).tar.gz
	$(Q)$(call pack,dist/deb/$(DIST),--exclude=./debian) >dist/deb/check-xmpp-ping_$(VERSION).orig.tar.gz
	cd dist/deb/$(DIST) && dpkg-buildpackage --unsigned-source --unsigned-changes
	$(Q)ls dist/deb/*.deb

# A build needs the packages of the spec's BuildRequires; where RPM does not know what is installed, RPMBUILD_FLAGS=--nodeps.
RPMBUILD_FLAGS ?=
rpm: dist ## build the RPM packages of the last commit
	$(Q)rm -rf dist/rpm && mkdir -p dist/rpm/SOURCES && cp dist/$(DIST).tar.gz dist/rpm/SOURCES
	$(Q)tar -x -O -f dist/$(DIST).tar.gz $(DIST)/rpm/check-xmpp-ping.spec >dist/rpm/check-xmpp-ping.spec
	rpmbuild -ba $(RPMBUILD_FLAGS) --define '_topdir $(CURDIR)/dist/rpm' --define '_dbpath $(CURDIR)/dist/rpm/db' \
		dist/rpm/check-xmpp-ping.spec
	$(Q)find dist/rpm -name '*.rpm'

.PHONY: dist deb rpm
