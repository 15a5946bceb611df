using Fogbank.Contracts;

namespace Fogbank.Kernel;

/// <summary>Whether a caller may do what it asks. Throws AWS's access-denied error where not.</summary>
public interface IAuthorizer
{
    /// <summary>Returns where the call is allowed. Called for every request, also for calls between services.</summary>
    /// <param name="operation">What is asked for; its IAM rules name actions and resources.</param>
    /// <param name="request">The decoded, validated request.</param>
    /// <param name="context">Who calls, and for which account and region.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AwsException">It is denied.</exception>
    ValueTask AuthorizeAsync(OperationSchema operation, Shape request, RequestContext context, CancellationToken cancellationToken);
}

/// <summary>Mode <c>open</c>: no API call is denied.</summary>
public sealed class OpenAuthorizer : IAuthorizer
{
    public ValueTask AuthorizeAsync(OperationSchema operation, Shape request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;
}
