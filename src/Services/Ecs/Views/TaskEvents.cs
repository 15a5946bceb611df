using System.Buffers;
using System.Text.Json;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Store;

namespace Fogbank.Services.Ecs.Views;

/// <summary>Tells EventBridge of a task's changes: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html</summary>
internal static class TaskEvents
{
    internal static void Publish(IEventSink events, TaskRecord task)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            new ShapeJsonWriter(writer, TimeForm.Iso8601).Write(TaskView.From(task, null, hasTags: false));
        }

        using var detail = JsonDocument.Parse(buffer.WrittenMemory);
        events.Publish(task.Scope, "aws.ecs", "ECS Task State Change", [task.Arn], detail.RootElement);
    }
}
