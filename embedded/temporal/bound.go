//go:build !lean

package temporal

import (
	"context"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// bound refuses an update that is too large to whoever sends it. Temporal holds every
// other payload against limit.blobSize.error when it comes; that of an update it hands to
// the worker, whose task then fails until the sender gives up (measured).
func bound(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	switch r := request.(type) {
	case *workflowservice.UpdateWorkflowExecutionRequest, *workflowservice.ExecuteMultiOperationRequest:
		if message, is := r.(proto.Message); is && proto.Size(message) > MaxPayload {
			return nil, serviceerror.NewInvalidArgumentf("the update is larger than %d KiB", MaxPayload>>10)
		}
	}
	return handle(ctx, request)
}
