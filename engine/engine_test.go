package engine

import (
	"errors"
	"strings"
	"testing"

	"go.temporal.io/api/serviceerror"

	"github.com/policycycle/policycycle/policy"
)

// What Temporal does not take is a mistake of whoever sent it, who is to mend it.
func TestTranslate_MakesARefusalOfWhatTemporalDoesNotTake(t *testing.T) {
	t.Parallel()
	cause := serviceerror.NewInvalidArgument("the update is larger than 512 KiB")
	if err := translate(cause); policy.CodeOf(err) != policy.CodeInvalid || !errors.Is(err, cause) {
		t.Errorf("an act that is too large: %v", err)
	}
}

// What is missing at a Temporal that answers is called by its name.
func TestNoNamespace_IsNoTemporalThatIsAway(t *testing.T) {
	t.Parallel()
	cause := serviceerror.NewNamespaceNotFound("nowhere")
	for name, err := range map[string]error{"at the start": away(Options{Address: "127.0.0.1:7233"}, cause), "later": translate(cause)} {
		if policy.CodeOf(err) != policy.CodeUnavailable || !errors.Is(err, cause) || errors.Is(err, ErrGone) || !strings.Contains(err.Error(), `has no namespace "nowhere"`) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := away(Options{Address: "127.0.0.1:9"}, serviceerror.NewUnavailable("gone")); !strings.Contains(err.Error(), "does not answer at 127.0.0.1:9") {
		t.Errorf("a Temporal that is away: %v", err)
	}
}
