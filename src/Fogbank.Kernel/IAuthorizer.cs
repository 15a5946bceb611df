using Fogbank.Contracts;

namespace Fogbank.Kernel;

/// <summary>Whether a caller may do what it asks. Throws AWS's access-denied error where not.</summary>
public interface IAuthorizer
{
    ValueTask AuthorizeAsync(OperationSchema operation, Shape request, RequestContext context, CancellationToken cancellationToken);
}

/// <summary>Mode <c>open</c>: no API call is denied.</summary>
public sealed class OpenAuthorizer : IAuthorizer
{
    public ValueTask AuthorizeAsync(OperationSchema operation, Shape request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;
}
