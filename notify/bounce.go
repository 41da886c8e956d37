package notify

import (
	"bytes"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// What a message that tells of a failed delivery has (RFC 3464), the headers of our mail within it.
var (
	bounced    = regexp.MustCompile(`(?im)^Action:[ \t]*failed`)
	ours       = regexp.MustCompile(`(?im)^Message-ID:[ \t\r\n]*<policycycle\.([0-9]{1,18})@`)
	diagnostic = regexp.MustCompile(`(?im)^(?:Diagnostic-Code|Status):[ \t]*([^\r\n]+)`)
)

// largestBounce is how much of a message is read: who sends mail back adds some of it.
const largestBounce = 1 << 20

// ReadBounce reads a message by which a server tells that it could not deliver a mail. Anything else
// is policy.CodeInvalid.
func ReadBounce(r io.Reader) (service.Bounce, error) {
	message, err := io.ReadAll(io.LimitReader(r, largestBounce))
	if err != nil {
		return service.Bounce{}, err
	}
	if !bounced.Match(message) {
		return service.Bounce{}, policy.Refuse(policy.CodeInvalid, "this message does not say that a delivery has failed: give the whole message of the server for mail")
	}
	name := ours.FindSubmatch(message)
	if name == nil {
		return service.Bounce{}, policy.Refuse(policy.CodeInvalid, "this message is about no mail of policycycle: it lacks the headers of the one that came back")
	}
	number, err := strconv.ParseInt(string(name[1]), 10, 64)
	if err != nil {
		return service.Bounce{}, err
	}
	var said []string
	for _, line := range diagnostic.FindAllSubmatch(message, 2) {
		said = append(said, string(bytes.ToValidUTF8(bytes.TrimSpace(line[1]), []byte("?"))))
	}
	return service.Bounce{Mail: number, Said: strings.Join(said, "; ")}, nil
}
