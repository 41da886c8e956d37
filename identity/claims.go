// Package identity knows who somebody is: by a token of an OpenID Connect
// provider, by a log-in in the browser, or, on one machine and for nothing real,
// by the name that somebody says.
package identity

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/unicode/norm"

	"github.com/policycycle/policycycle/policy"
)

// Claims says what the claims of a token mean here.
type Claims struct {
	// Name lists the claims that may hold the name of a person; the first that is
	// there counts.
	Name []string `yaml:"name"`
	// Service tells the tokens of services from those of people.
	Service *Match `yaml:"service"`
	// Roles gives roles to whoever has a claim.
	Roles []Rule `yaml:"roles"`
}

// Match is a claim that has a value, or has it in its list. The claim is a path
// such as "realm_access.roles"; "*" in the value stands for any text.
type Match struct {
	Claim string `yaml:"claim"`
	Value string `yaml:"value"`
}

// Rule gives roles to whoever has a claim. In a role $1 stands for what the first
// * of the value was.
type Rule struct {
	Match `yaml:",inline"`
	Give  []string `yaml:"give"`
}

// mostClaims is the most bytes of a file of claims.
const mostClaims = 1 << 20

// ReadClaims reads a file that says what claims mean, YAML. The error has
// policy.CodeInvalid and says what is wrong with which rule.
func ReadClaims(r io.Reader) (*Claims, error) {
	decoder := yaml.NewDecoder(io.LimitReader(r, mostClaims))
	decoder.KnownFields(true)
	c := new(Claims)
	if err := decoder.Decode(c); err != nil {
		return nil, policy.Refuse(policy.CodeInvalid, "the file of claims is not sound: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(c.Name) == 0 {
		c.Name = []string{"name", "preferred_username"}
	}
	if len(c.Roles) == 0 {
		return nil, policy.Refuse(policy.CodeInvalid, "the file of claims gives no role to anybody: expected roles with claim, value and give")
	}
	if c.Service != nil && (c.Service.Claim == "" || c.Service.Value == "") {
		return nil, policy.Refuse(policy.CodeInvalid, "in the file of claims, service has no claim or no value")
	}
	for i, rule := range c.Roles {
		if err := rule.check(); err != nil {
			return nil, policy.Refuse(policy.CodeInvalid, "in the file of claims, roles[%d]: %s", i, err)
		}
	}
	return c, nil
}

// check makes sure that the roles of a rule can be read, and that they capture no
// more than the value does.
func (r Rule) check() error {
	stars := strings.Count(r.Value, "*")
	switch {
	case r.Claim == "" || r.Value == "":
		return errors.New("has no claim or no value")
	case len(r.Give) == 0:
		return errors.New("gives no role")
	case stars > 9: // $1 to $9
		return errors.New("has more than nine *")
	}
	for _, text := range r.Give {
		if strings.Contains(text, "$") {
			for n := stars + 1; n <= 9; n++ {
				if strings.Contains(text, "$"+strconv.Itoa(n)) {
					return fmt.Errorf("gives %q, but the value has %d *", text, stars)
				}
			}
			continue // read once it is known what it stands for
		}
		if _, err := policy.ParseGrant(text); err != nil {
			return err
		}
	}
	return nil
}

// Grants gives the roles that follow from the claims of a token, and the roles
// that were meant but do not exist, such as one at a body nobody knows.
func (c *Claims) Grants(claims map[string]any) (grants []policy.Grant, ignored []string) {
	for _, rule := range c.Roles {
		for _, captured := range rule.match(claims) {
			for _, text := range rule.Give {
				for i, part := range captured {
					text = strings.ReplaceAll(text, "$"+strconv.Itoa(i+1), part)
				}
				g, err := policy.ParseGrant(text)
				switch {
				case err != nil && !slices.Contains(ignored, text):
					ignored = append(ignored, text)
				case err == nil && !slices.Contains(grants, g):
					grants = append(grants, g)
				}
			}
		}
	}
	slices.SortFunc(grants, func(a, b policy.Grant) int { return strings.Compare(a.String(), b.String()) })
	slices.Sort(ignored)
	return grants, ignored
}

// match gives, for each value of the claim that matches, what its stars stand
// for.
func (m Match) match(claims map[string]any) [][]string {
	var matched [][]string
	for _, value := range valuesAt(claims, m.Claim) {
		if parts, ok := capture(m.Value, value); ok {
			matched = append(matched, parts)
		}
	}
	return matched
}

// valuesAt gives the texts at a path in the claims: one, or those of a list.
func valuesAt(claims map[string]any, path string) []string {
	var here any = claims
	if whole, there := claims[path]; there { // a name with dots, such as a URL
		here = map[string]any{path: whole}
	} else {
		for part := range strings.SplitSeq(path, ".") {
			object, _ := here.(map[string]any)
			if here = object[part]; here == nil {
				return nil
			}
		}
		here = map[string]any{path: here}
	}
	switch value := here.(map[string]any)[path].(type) {
	case string:
		return []string{value}
	case bool:
		return []string{strconv.FormatBool(value)}
	case []any:
		var texts []string
		for _, item := range value {
			if text, is := item.(string); is {
				texts = append(texts, text)
			}
		}
		return texts
	default:
		return nil
	}
}

// capture says whether a text matches a pattern in which * stands for any text
// without a slash or an @, and what the stars stand for.
func capture(pattern, text string) ([]string, bool) {
	parts := strings.Split(pattern, "*")
	rest, found := strings.CutPrefix(text, parts[0])
	if !found {
		return nil, false
	}
	var captured []string
	for i, part := range parts[1:] {
		at := strings.Index(rest, part)
		if i == len(parts)-2 { // the last star takes all that is left
			at = len(rest) - len(part)
		}
		if at < 0 || !strings.HasPrefix(rest[at:], part) || strings.ContainsAny(rest[:at], "/@$") {
			return nil, false
		}
		captured = append(captured, rest[:at])
		rest = rest[at+len(part):]
	}
	return captured, rest == ""
}

// name gives the name of a person, as it can be shown anywhere: people may choose it
// themselves.
func (c *Claims) name(claims map[string]any) string {
	for _, claim := range c.Name {
		for _, value := range valuesAt(claims, claim) {
			if name := called(value); name != "" {
				return name
			}
		}
	}
	return ""
}

// mostName is the most bytes of a name.
const mostName = 200

// called gives a name on one line, without what is not seen, and cut off where it is
// too long.
func called(name string) string {
	seen := strings.Map(func(r rune) rune {
		if !unicode.IsSpace(r) && policy.Unseen(r) {
			return -1
		}
		return r
	}, name)
	return policy.Legible(norm.NFC.String(strings.Join(strings.Fields(seen), " ")), mostName)
}
