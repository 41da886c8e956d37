package engine

import (
	"errors"
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
