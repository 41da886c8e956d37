package evidence

import "github.com/policycycle/policycycle/policy"

// VersionDigest gives the digest of a version handed in: which document it is,
// with which content. held is the digest of the content, empty where it is kept
// elsewhere; text that of a text which is, where it is known.
func VersionDigest(subject policy.Subject, document policy.DocumentRef, held, text string) (string, error) {
	return DigestOf(struct {
		Subject  policy.Subject     `json:"subject"`
		Document policy.DocumentRef `json:"document"`
		Content  string             `json:"content"`
		Text     string             `json:"text,omitempty"`
	}{subject, document, held, text})
}
