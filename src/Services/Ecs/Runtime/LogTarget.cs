using Fogbank.Contracts.Logs;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>A log stream of CloudWatch Logs that takes a container's events.</summary>
internal sealed class LogTarget(IRegion region, Scope scope, Principal principal, AwslogsOptions options, string stream)
{
    internal AwslogsOptions Options => options;

    /// <summary>Makes the stream, and the group where that is wanted.</summary>
    /// <exception cref="TaskFailure">There is no such group, or it may not be written to.</exception>
    internal async ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CreateAsync(cancellationToken);
        }
        catch (AwsException refused)
        {
            throw new TaskFailure(
                "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: "
                + $"{refused.Code.Name}: {refused.Message} : exit status 1",
                refused);
        }
    }

    /// <summary>Delivers events, in order.</summary>
    internal async ValueTask PutAsync(IReadOnlyList<OutputEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(events, cancellationToken);
        }
        catch (AwsException missing) when (missing.Code.Name == LogsErrorCodes.ResourceNotFoundException.Name)
        {
            // Somebody deleted the stream under the container.
            await CreateAsync(cancellationToken);
            await SendAsync(events, cancellationToken);
        }
    }

    private async ValueTask SendAsync(IReadOnlyList<OutputEvent> events, CancellationToken cancellationToken) =>
        await region.SendAsync(
            new PutLogEventsRequest
            {
                LogGroupName = options.Group,
                LogStreamName = stream,
                LogEvents = [.. events.Select(item => new InputLogEvent { Timestamp = item.Timestamp.ToUnixTimeMilliseconds(), Message = item.Message })],
            },
            principal,
            scope,
            null,
            cancellationToken);

    private async ValueTask CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CreateStreamAsync(cancellationToken);
        }
        catch (AwsException missing) when (options.CreateGroup && missing.Code.Name == LogsErrorCodes.ResourceNotFoundException.Name)
        {
            try
            {
                await region.SendAsync(new CreateLogGroupRequest { LogGroupName = options.Group }, principal, scope, null, cancellationToken);
            }
            catch (AwsException taken) when (taken.Code.Name == LogsErrorCodes.ResourceAlreadyExistsException.Name)
            {
                // Another container was quicker.
            }

            await CreateStreamAsync(cancellationToken);
        }
    }

    private async ValueTask CreateStreamAsync(CancellationToken cancellationToken)
    {
        try
        {
            await region.SendAsync(
                new CreateLogStreamRequest { LogGroupName = options.Group, LogStreamName = stream }, principal, scope, null, cancellationToken);
        }
        catch (AwsException taken) when (taken.Code.Name == LogsErrorCodes.ResourceAlreadyExistsException.Name)
        {
            // A restart of the container, or of the region.
        }
    }
}
