using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using Fogbank.Contracts;
using Fogbank.Kernel.Signing;
using Fogbank.Wire.Signing;

namespace Fogbank.Wire.Routing;

/// <summary>Tells which service and operation a request is for: by the signature's scope, the target header, the host name, the form, the path.</summary>
internal sealed class ServiceRouter
{
    private readonly IReadOnlyList<Api> _apis;
    private readonly FrozenDictionary<string, Api> _byName;
    private readonly FrozenDictionary<string, Api> _byTarget;
    private readonly ILookup<string, Api> _bySigningName;
    private readonly ConcurrentDictionary<Api, RestRouteTable> _tables = new();
    private readonly HostNames _hosts;
    private readonly Api? _s3;

    public ServiceRouter(IReadOnlyList<Api> apis, string? baseDomain)
    {
        _apis = apis;
        _byName = apis.ToFrozenDictionary(api => api.EndpointPrefix, StringComparer.Ordinal);
        _byTarget = apis.Where(api => api.TargetPrefix is not null).ToFrozenDictionary(api => api.TargetPrefix!, StringComparer.Ordinal);
        _bySigningName = apis.ToLookup(api => api.SigningName, StringComparer.Ordinal);
        _hosts = new HostNames(baseDomain);
        _s3 = apis.FirstOrDefault(api => api.Name == "s3");
    }

    /// <summary>Whether the operation may stand in a form in the request's body, as the query protocol has it.</summary>
    public static bool NeedsForm(RequestFacts facts, CredentialScope? scope) =>
        facts.Method == "POST" && facts.RawPath == "/" && IsForm(facts) && scope?.Service != "s3" && facts.Header("X-Amz-Target") is null;

    public static bool IsForm(RequestFacts facts) =>
        facts.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>Routes a request.</summary>
    /// <param name="facts">The request.</param>
    /// <param name="scope">Of its signature; null where it has none.</param>
    /// <param name="form">Its form body, where that was read already.</param>
    public ServiceRoute Route(RequestFacts facts, CredentialScope? scope, ReadOnlyMemory<byte>? form)
    {
        var target = facts.Header("X-Amz-Target");
        var host = _hosts.Parse(facts.Host, scope?.Service == "s3", IsService);
        return (scope is { } signed ? ByScope(facts, signed.Service, target, host, form) : null)
            ?? (target is not null ? ByTarget(facts, target) : null)
            ?? ByHost(facts, host, target, form)
            ?? ByAction(facts, form)
            ?? ByPath(facts)
            ?? (_s3 is { } s3 ? ToS3(s3, facts, host.Bucket) : Unknown(facts, WireProtocol.RestXml, null));
    }

    /// <summary>The bucket of a request that is for S3; null where it is for something else. For pages, which carry no signature in a preflight.</summary>
    public string? FindBucket(RequestFacts facts)
    {
        var scope = SignatureReader.Read(facts).Signature?.Scope;
        if (_s3 is null || (scope is { } signed && signed.Service != "s3") || facts.Header("X-Amz-Target") is not null)
        {
            return null;
        }

        var host = _hosts.Parse(facts.Host, scope is not null, IsService);
        if (host.Bucket is null && host.Service is not (null or "s3"))
        {
            return null;
        }

        return scope is null && host.Bucket is null && (ByAction(facts, null) ?? ByPath(facts)) is not null ? null : ToS3(_s3, facts, host.Bucket).Bucket;
    }

    /// <summary>The region that the host name tells; null where it tells none.</summary>
    public string? RegionOf(RequestFacts facts) => _hosts.Parse(facts.Host, isS3: false, IsService).Region;

    public RestRouteTable TableOf(Api api) => _tables.GetOrAdd(api, static api => new RestRouteTable(api));

    private ServiceRoute? ByScope(RequestFacts facts, string service, string? target, HostName host, ReadOnlyMemory<byte>? form)
    {
        var candidates = _bySigningName[service].ToList();
        var api = candidates.Count <= 1
            ? candidates.FirstOrDefault()
            : candidates.Find(candidate => IsTargetOf(candidate, target)) ?? candidates.Find(candidate => candidate.EndpointPrefix == host.Service) ?? candidates[0];
        return api is not null ? To(api, facts, target, host.Bucket, form) : KnownBy(facts, known => known.SigningName == service, target);
    }

    private ServiceRoute? ByTarget(RequestFacts facts, string target)
    {
        var prefix = target[..Math.Max(0, target.LastIndexOf('.'))];
        return _byTarget.TryGetValue(prefix, out var api)
            ? To(api, facts, target, null, null)
            : KnownBy(facts, known => known.TargetPrefix == prefix, target) ?? Unknown(facts, JsonOf(facts), target);
    }

    private ServiceRoute? ByHost(RequestFacts facts, HostName host, string? target, ReadOnlyMemory<byte>? form)
    {
        if (host.Bucket is not null && _s3 is not null)
        {
            return ToS3(_s3, facts, host.Bucket);
        }

        if (host.Service is null)
        {
            return null;
        }

        return _byName.TryGetValue(host.Service, out var api)
            ? To(api, facts, target, null, form)
            : KnownBy(facts, known => known.EndpointPrefix == host.Service, target);
    }

    private ServiceRoute? ByAction(RequestFacts facts, ReadOnlyMemory<byte>? form)
    {
        if (Parameter(facts, form, "Action") is not { Length: > 0 } action || Parameter(facts, form, "Version") is not { Length: > 0 } version)
        {
            return null;
        }

        var api = _apis.FirstOrDefault(api => api.ApiVersion == version && SpeaksQuery(api) && api.FindOperation(action) is not null)
            ?? _apis.FirstOrDefault(api => api.ApiVersion == version && SpeaksQuery(api));
        return api is not null
            ? To(api, facts, null, null, form)
            : KnownBy(facts, known => known.ApiVersion == version && known.Protocol is WireProtocol.Query or WireProtocol.Ec2, action);
    }

    private ServiceRoute? ByPath(RequestFacts facts)
    {
        foreach (var api in _apis)
        {
            if (api.Protocols.Contains(WireProtocol.RestJson)
                && TableOf(api).Find(facts.Method, facts.RawPath, facts.RawQuery, facts.Request.Headers) is { } route)
            {
                return ToRest(api, facts.RawPath, route, WireProtocol.RestJson);
            }
        }

        return null;
    }

    private ServiceRoute To(Api api, RequestFacts facts, string? target, string? bucket, ReadOnlyMemory<byte>? form)
    {
        if (api == _s3)
        {
            return ToS3(api, facts, bucket);
        }

        var protocol = Choose(api, facts, target);
        if (protocol is WireProtocol.RestJson or WireProtocol.RestXml)
        {
            var route = TableOf(api).Find(facts.Method, facts.RawPath, facts.RawQuery, facts.Request.Headers);
            return ToRest(api, facts.RawPath, route, protocol);
        }

        var name = protocol is WireProtocol.Query or WireProtocol.Ec2
            ? Parameter(facts, form, "Action")
            : target is not null && IsTargetOf(api, target) ? target[(target.LastIndexOf('.') + 1)..] : null;
        return new ServiceRoute
        {
            Api = api,
            Protocol = protocol,
            Operation = name is null ? null : api.FindOperation(name),
            OperationName = name,
            RawPath = facts.RawPath,
            FormBody = form,
        };
    }

    private ServiceRoute ToS3(Api s3, RequestFacts facts, string? bucket)
    {
        var path = bucket is null ? facts.RawPath : $"/{SigV4Encoding.Encode(bucket)}{facts.RawPath}";
        var route = TableOf(s3).Find(facts.Method, path, facts.RawQuery, facts.Request.Headers);
        var end = path.IndexOf('/', 1);
        return ToRest(s3, path, route, WireProtocol.RestXml) with
        {
            Bucket = path.Length < 2 ? null : Uri.UnescapeDataString(end < 0 ? path[1..] : path[1..end]),
        };
    }

    private ServiceRoute ToRest(Api api, string path, RestRoute? route, WireProtocol protocol) => new()
    {
        Api = api,
        Protocol = protocol,
        Operation = route?.Operation,
        RawPath = path,
        Labels = route?.Labels(TableOf(api).Trim(path)),
    };

    private static ServiceRoute? KnownBy(RequestFacts facts, Func<KnownService, bool> isMeant, string? operation) =>
        KnownService.All.FirstOrDefault(isMeant) is { } known
            ? new ServiceRoute
            {
                Known = known,
                Protocol = known.Protocol switch
                {
                    // Older clients speak query to services that have moved on to JSON (SQS).
                    WireProtocol.Json10 or WireProtocol.Json11 when IsForm(facts) => WireProtocol.Query,
                    WireProtocol.RpcV2Cbor => JsonOf(facts),
                    _ => known.Protocol,
                },
                OperationName = operation?[(operation.LastIndexOf('.') + 1)..],
                RawPath = facts.RawPath,
            }
            : null;

    private static ServiceRoute Unknown(RequestFacts facts, WireProtocol protocol, string? operation) =>
        new() { Protocol = protocol, OperationName = operation, RawPath = facts.RawPath };

    private static WireProtocol Choose(Api api, RequestFacts facts, string? target)
    {
        if (api.Protocols.Count == 1)
        {
            return api.Protocols[0];
        }

        bool Speaks(WireProtocol protocol) => api.Protocols.Contains(protocol);
        if (target is not null && api.Protocols.Any(protocol => protocol is WireProtocol.Json10 or WireProtocol.Json11))
        {
            return Speaks(JsonOf(facts)) ? JsonOf(facts) : Speaks(WireProtocol.Json10) ? WireProtocol.Json10 : WireProtocol.Json11;
        }

        return Speaks(WireProtocol.Query) && (IsForm(facts) || RawQuery.Has(facts.RawQuery, "Action")) ? WireProtocol.Query : api.Protocols[0];
    }

    private static WireProtocol JsonOf(RequestFacts facts) =>
        facts.Request.ContentType?.Contains("json-1.0", StringComparison.OrdinalIgnoreCase) is true ? WireProtocol.Json10 : WireProtocol.Json11;

    private static bool IsTargetOf(Api api, string? target) =>
        target is not null && api.TargetPrefix is { } prefix && target.Length > prefix.Length + 1
        && target.StartsWith(prefix, StringComparison.Ordinal) && target[prefix.Length] == '.';

    private static bool SpeaksQuery(Api api) => api.Protocols.Any(protocol => protocol is WireProtocol.Query or WireProtocol.Ec2);

    private static string? Parameter(RequestFacts facts, ReadOnlyMemory<byte>? form, string name) =>
        RawQuery.Find(facts.RawQuery, name) ?? (form is { } body && IsForm(facts) ? RawQuery.Find(Encoding.UTF8.GetString(body.Span), name) : null);

    private bool IsService(string label) =>
        _byName.ContainsKey(label) || KnownService.All.Any(known => known.EndpointPrefix == label || known.Name == label);
}
