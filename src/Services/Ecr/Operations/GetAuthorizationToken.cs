using System.Text;
using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Tokens;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class GetAuthorizationToken(IRegistryTokens tokens, ProxyEndpoints endpoints)
    : IOperation<GetAuthorizationTokenRequest, GetAuthorizationTokenResponse>
{
    /// <summary>The user name of every login.</summary>
    private const string User = "AWS";

    public async ValueTask<GetAuthorizationTokenResponse> HandleAsync(
        GetAuthorizationTokenRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        // A token stands for the caller, whatever the registry: AWS's too opens every registry that the caller may use.
        var token = tokens.Issue(context.Principal);
        var login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{token.Password}"));
        var data = new List<AuthorizationData>();
        foreach (var registry in request.RegistryIds ?? [context.AccountId])
        {
            var endpoint = await endpoints.OfAsync(RequestScope.Registry(context, registry), cancellationToken);
            data.Add(new() { AuthorizationToken = login, ExpiresAt = token.ExpiresAt, ProxyEndpoint = endpoint.OriginalString.TrimEnd('/') });
        }

        return new() { AuthorizationData = data };
    }
}
