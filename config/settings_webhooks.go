package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Webhooks is how programs outside are told of what is recorded.
type Webhooks struct {
	Hosts    []string // to which events may leave; empty for none
	Networks []netip.Prefix
	Marking  string // the highest of what an event tells
	Patience time.Duration
}

var webhookSettings = []Setting{
	{
		Key: "webhooks.hosts", Env: []string{"POLICYCYCLE_WEBHOOKS_HOSTS"},
		Meaning:  "Hosts to which `serve` and `up` send events of what is recorded, as people make webhooks there. * is every host. Left out, no event leaves.",
		Expected: "names of hosts with commas between them, such as hooks.example.eu,soc.example.eu",
		value: value{
			read: func(c *Config, v string) error { c.Webhooks.Hosts = listed(v); return nil },
			show: func(c *Config) string { return strings.Join(c.Webhooks.Hosts, ",") },
		},
	},
	{
		Key: "webhooks.networks", Env: []string{"POLICYCYCLE_WEBHOOKS_NETWORKS"},
		Meaning:  "Networks that are not public and in which events may be sent to such a host all the same: what a name means is judged by its address when it is called. 127.0.0.0/8 is this machine. Left out, public addresses alone are called.",
		Expected: "networks with commas between them, such as 10.20.0.0/16,fd00:20::/32",
		value: value{
			read: func(c *Config, v string) (err error) { c.Webhooks.Networks, err = readNetworks(v); return err },
			show: func(c *Config) string {
				texts := make([]string, len(c.Webhooks.Networks))
				for i, n := range c.Webhooks.Networks {
					texts[i] = n.String()
				}
				return strings.Join(texts, ",")
			},
		},
	},
	{
		Key: "webhooks.marking", Env: []string{"POLICYCYCLE_WEBHOOKS_MARKING"}, Default: "PUBLIC",
		Meaning:  "Highest marking of what an event tells, never above marking.ceiling. PUBLIC is that something was recorded in a cycle, by its number alone. LIMITE is what was done, on what, by which body, and with which outcome.",
		Expected: "PUBLIC or LIMITE",
		value:    by(func(c *Config) *string { return &c.Webhooks.Marking }, readMarking),
	},
	{
		Key: "webhooks.patience", Env: []string{"POLICYCYCLE_WEBHOOKS_PATIENCE"}, Default: "72h",
		Meaning:  "How long an event is tried at a webhook that does not take it, before it has failed.",
		Expected: "a length of time of a minute and more, such as 72h",
		value:    length(func(c *Config) *time.Duration { return &c.Webhooks.Patience }, time.Minute),
	},
}

// listed reads a list with commas.
func listed(v string) []string {
	return strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
}

func readNetworks(v string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, one := range listed(v) {
		n, err := netip.ParsePrefix(one)
		switch {
		case err != nil:
			return nil, fmt.Errorf("names %q, which is no network", one)
		case n.Bits() == 0:
			return nil, errors.New("allows every address")
		}
		all = append(all, n.Masked())
	}
	return all, nil
}
