package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// Seal is how acts are sealed on their way to the record.
type Seal struct {
	Enabled Switch
	Key     string // file with the private key; serve and up alone have it
	Keys    string // file with the public keys to believe
}

// Encryption is how what travels through Temporal is encrypted.
type Encryption struct {
	Keys string // file with the keys, the one in use first; empty for none
}

// Codec is for whom what travels through Temporal is decrypted.
type Codec struct {
	// Origins are those of the pages of Temporal that may ask; none is for nobody.
	Origins []string
}

// Audit is what is kept for auditors.
type Audit struct {
	// Checkpoints is the folder to which signed checkpoints are exported; empty
	// for none.
	Checkpoints string
	// Every is how often one is made.
	Every time.Duration
	// Timestamps is the address of an authority that sets timestamps on them (RFC 3161); empty
	// for none.
	Timestamps string
	// Reads says whether reading what is marked LIMITE is recorded.
	Reads bool
}

// Marking is what may be kept here.
type Marking struct {
	// Ceiling is the highest marking of which content is kept.
	Ceiling string // PUBLIC or LIMITE
}

// Calendar is what stands in the calendars that programs read.
type Calendar struct {
	// Marking is the highest marking of what their words tell.
	Marking string // PUBLIC or LIMITE
}

// Papers is how papers look.
type Papers struct {
	// Template is the .docx on which papers are written; empty is the one of the house.
	Template string
}

// Skeleton is what stands in the skeleton of an OAP that is itself marked above the ceiling.
type Skeleton struct {
	// Fields are those that a skeleton may hold; code is always one of them.
	Fields []policy.PlanField
	// DecidedBy is the security officer who decided on them, and when: NAME, DATE.
	DecidedBy string
}

var evidenceSettings = []Setting{
	{
		Key: "seal.enabled", Env: []string{"POLICYCYCLE_SEAL"}, Flag: "seal", Default: string(Auto),
		Meaning:  "Whether only sealed acts are recorded. auto is true for every identity but the local one.",
		Expected: "auto, true or false",
		value:    by(func(c *Config) *Switch { return &c.Seal.Enabled }, readSwitch),
	},
	{
		Key: "seal.key", Env: []string{"POLICYCYCLE_SEAL_KEY"},
		Meaning:  "File with the private key that seals acts and signs checkpoints. `serve` and `up` alone need it; `up` makes one of its own.",
		Expected: "a file that `policycycle keys new seal` made",
		value:    text(func(c *Config) *string { return &c.Seal.Key }),
	},
	{
		Key: "seal.keys", Env: []string{"POLICYCYCLE_SEAL_KEYS"},
		Meaning:  "File with the public keys to believe, one on a line. `worker` needs it to tell a sealed act from a forged one; `audit verify` and `dossier verify` use it.",
		Expected: "a file of public keys",
		value:    text(func(c *Config) *string { return &c.Seal.Keys }),
	},
	{
		Key: "encryption.keys", Env: []string{"POLICYCYCLE_ENCRYPTION_KEYS"},
		Meaning:  "File with the keys that encrypt what travels through Temporal, the one in use first; older ones still read old histories. Left out, nothing is encrypted.",
		Expected: "a file that `policycycle keys new encryption` made",
		value:    text(func(c *Config) *string { return &c.Encryption.Keys }),
	},
	{
		Key: "codec.origins", Env: []string{"POLICYCYCLE_CODEC_ORIGINS"},
		Meaning: "Origins of Temporal's own page at which `serve` and `up` decrypt, at `/codec`, what travels encrypted: for the General Secretariat and the Court of Auditors, " +
			"by a role for all cycles. Left out, for nobody.",
		Expected: "origins with commas between them, such as https://temporal.example.eu",
		value: value{
			read: func(c *Config, v string) (err error) {
				c.Codec.Origins, err = readOrigins(v)
				return err
			},
			show: func(c *Config) string { return strings.Join(c.Codec.Origins, ", ") },
		},
	},
	{
		Key: "audit.checkpoints", Env: []string{"POLICYCYCLE_AUDIT_CHECKPOINTS"},
		Meaning:  "Folder to which `serve` and `up` export signed checkpoints of the trail: on another machine, or in another's hands. Left out, none is exported.",
		Expected: "a folder",
		value:    text(func(c *Config) *string { return &c.Audit.Checkpoints }),
	},
	{
		Key: "audit.every", Env: []string{"POLICYCYCLE_AUDIT_EVERY"}, Default: "1h",
		Meaning:  "How often a checkpoint is made of a cycle in which something happened.",
		Expected: "a length of time such as 1h",
		value:    length(func(c *Config) *time.Duration { return &c.Audit.Every }, time.Nanosecond),
	},
	{
		Key: "audit.timestamps", Env: []string{"POLICYCYCLE_AUDIT_TIMESTAMPS"},
		Meaning: "Address of an authority that sets timestamps (RFC 3161): it is asked for one on each checkpoint that is exported, and sees its checksum alone. " +
			"Its answer is kept beside the checkpoint; `audit timestamps` checks it. Left out, nobody is asked.",
		Expected: "an address such as http://timestamp.example.eu",
		value:    text(func(c *Config) *string { return &c.Audit.Timestamps }),
	},
	{
		Key: "audit.reads", Env: []string{"POLICYCYCLE_AUDIT_READS"}, Flag: "audit-reads", Default: "false",
		Meaning:  "Whether it is recorded who read content that is marked LIMITE.",
		Expected: "true or false",
		value:    by(func(c *Config) *bool { return &c.Audit.Reads }, readBool),
	},
	{
		Key: "marking.ceiling", Env: []string{"POLICYCYCLE_MARKING_CEILING"}, Default: "LIMITE",
		Meaning:  "Highest marking of which content is kept here. Of a document above it a register entry alone is kept: its number, its level, and who holds it; of an OAP its skeleton, too.",
		Expected: "PUBLIC or LIMITE",
		value:    by(func(c *Config) *string { return &c.Marking.Ceiling }, readMarking),
	},
	{
		Key: "calendar.marking", Env: []string{"POLICYCYCLE_CALENDAR_MARKING"}, Default: "PUBLIC",
		Meaning: "Highest marking of what the words of a calendar tell that Outlook and the like read without a log-in, never above marking.ceiling. PUBLIC is the published calendar: meetings, and what is due on which day; what was opened beside it is called by its kind alone. " +
			"LIMITE is whose turn it is, too, and the titles of extraordinary items. Dates stand in a calendar as its person may read them, whatever this says.",
		Expected: "PUBLIC or LIMITE",
		value:    by(func(c *Config) *string { return &c.Calendar.Marking }, readMarking),
	},
	{
		Key: "papers.template", Env: []string{"POLICYCYCLE_PAPERS_TEMPLATE"},
		Meaning:  "Word document of an institution on which papers are written: its styles, page, header and footer are used (docs/papers.md). Left out, it is the one that `policycycle paper template` writes.",
		Expected: "a .docx file",
		value:    text(func(c *Config) *string { return &c.Papers.Template }),
	},
	{
		Key: "skeleton.fields", Env: []string{"POLICYCYCLE_SKELETON_FIELDS"}, Default: string(policy.FieldCode),
		Meaning: "Fields of its actions that the skeleton of an OAP may hold which is itself marked above marking.ceiling. Which of them are not classified, " +
			"the security officer decides; what is free text no skeleton holds. code is always one of them.",
		Expected: "fields with commas between them, out of " + strings.Join(policy.PlanField("").Words(), ", "),
		value: value{
			read: func(c *Config, v string) (err error) {
				c.Skeleton.Fields, err = readFields(v)
				return err
			},
			show: func(c *Config) string { return strings.Join(policy.Texts(c.Skeleton.Fields), ", ") },
		},
	},
	{
		Key: "skeleton.decided_by", Env: []string{"POLICYCYCLE_SKELETON_DECIDED_BY"},
		Meaning:  "Security officer who decided what a skeleton may hold, and when. Needed as soon as skeleton.fields has more than code.",
		Expected: "a name and a date, such as \"Ingrid Sand, 2026-11-30\"",
		value:    text(func(c *Config) *string { return &c.Skeleton.DecidedBy }, checkDecider),
	},
}

// readMarking reads a marking of which something may be kept.
func readMarking(text string) (string, error) {
	marking := strings.ToUpper(text)
	return marking, oneOf(string(policy.Public), string(policy.Limite))(marking)
}

// readOrigins reads the origins of pages: encrypted ones, or those of this machine.
func readOrigins(text string) (origins []string, err error) {
	for one := range strings.SplitSeq(text, ",") {
		one = strings.TrimSpace(one)
		u, err := url.Parse(one)
		if err != nil || u.Host == "" || one != u.Scheme+"://"+u.Host {
			return nil, fmt.Errorf("names %q, which is no origin", one)
		}
		if u.Scheme != "https" && (u.Scheme != "http" || !Loopback(net.JoinHostPort(u.Hostname(), "80"))) {
			return nil, fmt.Errorf("names %q, which is not encrypted", one)
		}
		origins = append(origins, one)
	}
	return origins, nil
}

// readFields reads the fields of a skeleton, and says which one it may never hold.
func readFields(text string) ([]policy.PlanField, error) {
	for one := range strings.SplitSeq(text, ",") {
		if _, err := policy.ParsePlanFields(one); err != nil {
			return nil, fmt.Errorf("names %q, which is no field of an action or a free text", strings.TrimSpace(one))
		}
	}
	return policy.ParsePlanFields(text)
}

// checkDecider wants a name and the day of the decision.
func checkDecider(text string) error {
	at := strings.LastIndex(text, ",")
	if at < 1 || strings.TrimSpace(text[:at]) == "" {
		return errors.New("does not say who and when")
	}
	_, err := policy.ParseDate(strings.TrimSpace(text[at+1:]))
	return saying(err, "does not say when")
}

// readSwitch reads auto, true or false.
func readSwitch(text string) (Switch, error) {
	if slices.Contains([]Switch{Auto, On, Off}, Switch(text)) {
		return Switch(text), nil
	}
	on, err := readBool(text)
	return Switch(strconv.FormatBool(on)), err
}

func readBool(text string) (bool, error) {
	on, err := strconv.ParseBool(text)
	return on, saying(err, "cannot be understood")
}
