using Fogbank.Contracts;
using Fogbank.Contracts.Ecr;
using Fogbank.Contracts.Iam;
using Fogbank.Contracts.Lambda;
using Fogbank.Contracts.Logs;
using Fogbank.Contracts.S3;
using Fogbank.Contracts.Sts;
using Fogbank.Wire.Routing;
using Fogbank.Wire.Signing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fogbank.Tests.EndToEnd.Harness.Recording;

/// <summary>Tells which operation a recorded request was for, by the region's own routing.</summary>
internal static class OperationFinder
{
    private static readonly ServiceRouter Router = new([IamApi.Instance, StsApi.Instance, LogsApi.Instance, S3Api.Instance, EcrApi.Instance, LambdaApi.Instance], null);

    public static OperationSchema? Find(Exchange exchange)
    {
        // The region's own pages, and the registry, which is no API of AWS's.
        if (exchange.Target.StartsWith("/_", StringComparison.Ordinal)
            || (exchange.Target.StartsWith("/v2/", StringComparison.Ordinal)
                && exchange.Request.Headers.Any(static header => header.Key.Equals("Host", StringComparison.OrdinalIgnoreCase) && header.Value.Contains(".dkr.ecr.", StringComparison.Ordinal))))
        {
            return null;
        }

        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = exchange.Target;
        context.Request.Method = exchange.Method;
        foreach (var (name, value) in exchange.Request.Headers)
        {
            context.Request.Headers.Append(name, value);
        }

        var facts = RequestFacts.Of(context);
        ReadOnlyMemory<byte>? form = ServiceRouter.IsForm(facts) ? exchange.Request.Body.ToArray() : null;
        lock (Router)
        {
            return Router.Route(facts, SignatureReader.Read(facts).Signature?.Scope, form).Operation;
        }
    }
}
