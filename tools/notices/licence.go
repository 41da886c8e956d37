package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// fine are the licences that go with the EUPL: they ask for no more than that
// their text goes along, or stand in its appendix. With any other one, somebody
// looks before it is linked.
var fine = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-2-Clause-Views", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "Unlicense", "Zlib"}

// borrowed are modules whose zip lacks the licence that stands at the root of
// their repository, with another module of that repository which has it.
var borrowed = map[string]string{
	"github.com/cactus/go-statsd-client/statsd": "github.com/cactus/go-statsd-client/v5",
}

// unstated are modules that say nothing, with what is known of them.
var unstated = map[string]string{
	"github.com/nexus-rpc/nexus-proto-annotations": "not stated: neither the module nor its repository has a licence file. " +
		"It holds two annotations for Protocol Buffers and comes with go.temporal.io/api, from the makers of github.com/nexus-rpc/sdk-go, which is under the MIT licence.",
}

// read are files that no text of a licence stands in, by module and name, with
// what somebody found who has read them.
var read = map[string]string{
	"github.com/xi2/xz/LICENSE":         publicDomain,
	"modernc.org/memory/LICENSE-LOGO":   "", // of a picture that is not linked
	"modernc.org/sqlite/LICENSE-SQLITE": publicDomain,
}

const publicDomain = "public domain"

// licences names the licences of a module, as SPDX does.
func (m *module) licences() (string, error) {
	var names []string
	for _, f := range m.files {
		if !licenceName.MatchString(path.Base(f.name)) {
			continue
		}
		if name, known := read[m.path+"/"+f.name]; known {
			if name != "" {
				names = append(names, name)
			}
			continue
		}
		found := identify(f.text)
		if len(found) == 0 {
			return "", fmt.Errorf("%s %s: nobody knows the licence in %s", m.path, m.version, f.name)
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for _, name := range names {
		if name != publicDomain && !slices.Contains(fine, name) {
			return "", fmt.Errorf("%s %s is under %s: see whether that goes with the EUPL, and say so in tools/notices", m.path, m.version, name)
		}
	}
	if note, known := unstated[m.path]; known && len(names) == 0 {
		return note, nil
	}
	if len(names) == 0 {
		return "", fmt.Errorf("%s %s has no licence file", m.path, m.version)
	}
	return strings.Join(names, ", "), nil
}

// identify names the licences whose text stands in a file.
func identify(text string) (names []string) {
	for _, match := range licensecheck.Scan([]byte(text)).Match {
		if !match.IsURL {
			names = append(names, match.ID)
		}
	}
	return names
}
