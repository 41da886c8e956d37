package engine

import (
	"context"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/telemetry"
)

// waiting is a data converter that never ends a run because a key is not there. The SDK
// fails a run whose input cannot be decoded, for good; a panic blocks its task alone, until
// a worker with the key takes it. Elsewhere an error is right: an activity is repeated, and
// whoever waits for an answer is told.
type waiting struct {
	converter.DataConverter
	keys *Encryption
	run  bool // inside a run
}

var _ workflow.ContextAware = waiting{}

// WithWorkflowContext implements workflow.ContextAware.
func (w waiting) WithWorkflowContext(workflow.Context) converter.DataConverter {
	w.run = true
	return w
}

// WithContext implements workflow.ContextAware.
func (w waiting) WithContext(context.Context) converter.DataConverter {
	w.run = false
	return w
}

// FromPayload implements converter.DataConverter.
func (w waiting) FromPayload(payload *commonpb.Payload, to any) error {
	err := w.DataConverter.FromPayload(payload, to)
	return w.wait(err, payload)
}

// FromPayloads implements converter.DataConverter.
func (w waiting) FromPayloads(payloads *commonpb.Payloads, to ...any) error {
	err := w.DataConverter.FromPayloads(payloads, to...)
	return w.wait(err, payloads.GetPayloads()...)
}

func (w waiting) wait(err error, payloads ...*commonpb.Payload) error {
	if err == nil {
		return nil
	}
	for _, p := range payloads {
		if string(p.GetMetadata()[converter.MetadataEncoding]) != protocol.EncodingEncrypted {
			continue
		}
		if _, ok := w.keys.open(p); ok {
			continue
		}
		locked := fmt.Errorf("it is encrypted with the key %q, which this process does not have, or was changed: %w", p.GetMetadata()[protocol.MetadataKey], err)
		telemetry.CountUndecodable()
		if w.run {
			panic(locked) //nolint:forbidigo // an error would end the run for good
		}
		return locked
	}
	return err
}
