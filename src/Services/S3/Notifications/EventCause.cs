using Fogbank.Kernel;

namespace Fogbank.Services.S3.Notifications;

/// <summary>What a request did and who made it, as an event tells it.</summary>
/// <param name="Name">With its prefix: <c>s3:ObjectCreated:Put</c>.</param>
internal sealed record EventCause(string Name, DateTimeOffset Time, string RequestId, string PrincipalId, string? SourceAddress)
{
    public static EventCause Of(string name, RequestContext context, DateTimeOffset time) => new(
        name,
        time,
        context.RequestId,
        context.Principal.Kind == PrincipalKind.Anonymous ? "Anonymous" : $"AWS:{context.Principal.UserId}",
        context.Http?.RemoteAddress);
}
