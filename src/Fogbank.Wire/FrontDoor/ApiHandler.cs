using Fogbank.Contracts;
using Fogbank.Kernel;
using Fogbank.Wire.Hosting;
using Fogbank.Wire.Protocols;
using Fogbank.Wire.Routing;
using Fogbank.Wire.Signing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fogbank.Wire.FrontDoor;

/// <summary>Serves the APIs: everything between a routed request and its answer.</summary>
internal sealed partial class ApiHandler
{
    private readonly RegionServerParts _parts;
    private readonly ServiceRouter _router;
    private readonly FrontDoorMetrics _metrics;
    private readonly ILogger _logger;
    private readonly RequestAuthenticator _authenticator;
    private readonly IAuthorizer _authorizer;
    private readonly IFormUpload? _formUpload;
    private readonly IBodyIntegrity? _integrity;
    private readonly EndpointNames _endpoints;

    public ApiHandler(RegionServerParts parts, ServiceRouter router, FrontDoorMetrics metrics)
    {
        _parts = parts;
        _router = router;
        _metrics = metrics;
        _logger = parts.Loggers.CreateLogger<ApiHandler>();
        _authenticator = new RequestAuthenticator(
            parts.Options.Auth, parts.Region, parts.Services.GetService<IAuthenticator>(), parts.Time);
        _authorizer = parts.Services.GetService<IAuthorizer>() ?? new OpenAuthorizer();
        _formUpload = parts.Services.GetService<IFormUpload>();
        _integrity = parts.Services.GetService<IBodyIntegrity>();
        _endpoints = new EndpointNames(parts.Sockets.Port);
    }

    public async Task HandleAsync(HttpContext context, RequestFacts facts, WorkloadIdentity? workload, CancellationToken cancellationToken)
    {
        var (signature, problem) = SignatureReader.Read(facts);
        ReadOnlyMemory<byte>? form = null;
        if (ServiceRouter.NeedsForm(facts, signature?.Scope))
        {
            form = await RequestBody.ReadAsync(context, context.Request.Body, context.Request.ContentLength, BodyLimits.Default, cancellationToken);
            if (form is null)
            {
                await PlainAnswer.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, $"Request must be smaller than {BodyLimits.Default} bytes.");
                return;
            }
        }

        var route = _router.Route(facts, signature?.Scope, form);
        var call = new ApiCall(context, facts, route, NewResponse(context, route))
        {
            Signature = signature,
            Problem = problem,
            Workload = workload,
        };
        _metrics.Began();
        try
        {
            await AnswerAsync(call, cancellationToken);
        }
        finally
        {
            _metrics.Ended();
            if (call.Body is IAsyncDisposable body)
            {
                await body.DisposeAsync();
            }

            LogAnswered(_logger, route.Api?.Name ?? route.Known?.Name, route.Operation?.Name ?? route.OperationName, context.Response.StatusCode, call.Response.RequestId);
        }
    }

    /// <summary>Answers an S3 request with an error that was found before it came here.</summary>
    public async Task RefuseAsync(HttpContext context, RequestFacts facts, AwsException error)
    {
        var route = _router.Route(facts, new Kernel.Signing.CredentialScope("", "", "s3"), null);
        await WriteErrorAsync(new ApiCall(context, facts, route, NewResponse(context, route)), ToWire(error, route, isModelled: false));
    }

    private WireResponse NewResponse(HttpContext context, ServiceRoute route)
    {
        var (requestId, hostId) = RequestIds.New(_parts.Ids, route.IsS3);
        return new WireResponse(context, requestId, hostId);
    }

    private async ValueTask AnswerAsync(ApiCall call, CancellationToken cancellationToken)
    {
        WireError error;
        try
        {
            if (await RunAsync(call, cancellationToken) is not { } refused)
            {
                return;
            }

            error = refused;
        }
        catch (AwsException exception)
        {
            error = ToWire(exception, call.Route, call.HasReachedService);
        }
        catch (WireFormatException exception) when (call is { HasReachedService: false, Route.Operation: { } operation })
        {
            error = ProtocolOf(call.Route)!.Describe(operation, exception);
        }
        catch (BadHttpRequestException exception) when (!call.Http.Response.HasStarted)
        {
            LogMalformed(_logger, exception.Message, call.Response.RequestId);
            error = ToWire(FrontDoorErrors.IncompleteBody(call.Route.IsS3), call.Route, isModelled: false);
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            return;
        }
        catch (Exception exception)
        {
            _metrics.Failed();
            LogFailed(_logger, exception, call.Route.Api?.Name, call.Route.Operation?.Name, call.Response.RequestId);
            error = ToWire(CommonErrors.InternalFailure(call.Response.RequestId), call.Route, isModelled: false);
        }

        await WriteErrorAsync(call, error);
    }

    /// <summary>Runs a request to its answer, or to an error of its form.</summary>
    private async ValueTask<WireError?> RunAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var route = call.Route;
        if (route.Known is { } known)
        {
            throw FrontDoorErrors.ServiceNotImplemented(known, route.OperationName);
        }

        if (route.Operation is not { } operation)
        {
            if (_formUpload is not null && IsFormUpload(call))
            {
                RequestBody.LiftLimits(call.Http);
                call.HasReachedService = true;
                await _formUpload.HandleAsync(route.Bucket!, call.Http, ContextOf(call, null), cancellationToken);
                return null;
            }

            throw route is { Api: { } api, OperationName: { } name } && api.OtherOperations.Contains(name)
                ? CommonErrors.NotImplemented(api, name)
                : FrontDoorErrors.UnknownOperation(route, call.Facts);
        }

        if (!_parts.Operations.TryFind(operation, out var handler) || ProtocolOf(route) is not { } protocol)
        {
            throw CommonErrors.NotImplemented(operation);
        }

        var payload = PayloadPlan.Of(call.Facts, call.Signature);
        var body = await RequestPayload.ReadBeforeAuthenticationAsync(call, operation, payload, cancellationToken);
        var caller = await _authenticator.AuthenticateAsync(
            new AuthenticationRequest
            {
                Facts = call.Facts,
                Signature = call.Signature,
                Problem = call.Problem,
                Payload = payload,
                ResourcePath = route.RawPath,
                Style = ErrorStyles.Of(route),
                Workload = call.Workload,
                HostRegion = _router.RegionOf(call.Facts),
                AllowsAnonymous = route.IsS3 || operation.IsUnsigned,
            },
            body,
            cancellationToken);
        var request = await RequestPayload.OpenAsync(call, operation, payload, caller, body, _parts.Ids.NewUuid, cancellationToken);
        if (route.IsS3 && !operation.HasStreamingInput)
        {
            _integrity?.Check(operation, call.Details!, request.Body.Span);
        }

        var reader = protocol.CreateReader(operation, request);
        var input = handler.Read(reader);
        if (reader.Violations is { Count: > 0 } violations)
        {
            return protocol.Describe(operation, violations);
        }

        var context = ContextOf(call, caller);
        call.HasReachedService = true;
        await _authorizer.AuthorizeAsync(operation, input, context, cancellationToken);
        var output = await handler.HandleAsync(input, _parts.Services, context, cancellationToken);
        await protocol.WriteSuccessAsync(operation, output, call.Response, cancellationToken);
        return null;
    }

    private static bool IsFormUpload(ApiCall call) =>
        call.Route is { IsS3: true, Bucket: not null }
        && call.Facts.Method == "POST"
        && call.Http.Request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) is true;

    private RequestContext ContextOf(ApiCall call, Caller? caller) => new()
    {
        Scope = caller?.Scope ?? new Scope(_parts.Region.DefaultAccountId, _parts.Region.DefaultRegion),
        Principal = caller?.Principal ?? Principal.Anonymous,
        RequestId = call.Response.RequestId,
        Endpoint = _endpoints.Of(call.Facts),
        AccessKeyId = caller?.AccessKeyId,
        Http = call.Details ?? new RequestHttpDetails(call.Facts, null, []),
    };

    private static IProtocol? ProtocolOf(ServiceRoute route) =>
        WireProtocols.Find(route.Protocol) ?? WireProtocols.Find(WireProtocol.Json11);

    private static WireError ToWire(AwsException exception, ServiceRoute route, bool isModelled) => new(exception.Code, exception.Message)
    {
        Members = [.. exception.Members],
        Numbers = [.. exception.Numbers],
        Headers = [.. exception.Headers],
        Resource = route.IsS3 ? Uri.UnescapeDataString(route.RawPath) : null,
        IsModelled = isModelled,
    };

    private static async ValueTask WriteErrorAsync(ApiCall call, WireError error)
    {
        if (call.Http.Response.HasStarted)
        {
            // Half an answer must not pass for a whole one.
            call.Http.Abort();
            return;
        }

        // Headers of the success that did not come are gone, those that a page needs in order to read the error stay.
        var kept = call.Http.Response.Headers.Where(header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase) || header.Key == "Vary").ToList();
        call.Http.Response.Clear();
        kept.ForEach(header => call.Http.Response.Headers[header.Key] = header.Value);
        RequestBody.CloseUnlessShort(call.Http);
        if (ProtocolOf(call.Route) is { } protocol)
        {
            await protocol.WriteErrorAsync(call.Route.Api, error, call.Response, call.Http.RequestAborted);
        }
        else
        {
            await PlainAnswer.WriteAsync(call.Http, error.Code.Status, $"{error.Code.Name}: {error.Message}");
        }
    }

    [LoggerMessage(LogLevel.Error, "{Service} {Operation} failed; request {RequestId}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string? service, string? operation, string requestId);

    [LoggerMessage(LogLevel.Debug, "{Service} {Operation} answered {Status}; request {RequestId}")]
    private static partial void LogAnswered(ILogger logger, string? service, string? operation, int status, string requestId);

    [LoggerMessage(LogLevel.Debug, "Malformed HTTP: {Reason}; request {RequestId}")]
    private static partial void LogMalformed(ILogger logger, string reason, string requestId);
}
