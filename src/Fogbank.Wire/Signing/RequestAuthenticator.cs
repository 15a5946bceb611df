using Fogbank.Kernel;
using Fogbank.Kernel.Signing;
using Fogbank.Wire.Chunked;
using Fogbank.Wire.FrontDoor;
using Fogbank.Wire.Hosting;

namespace Fogbank.Wire.Signing;

/// <summary>Finds out who calls, by the rules of the region's mode.</summary>
internal sealed class RequestAuthenticator(AuthMode mode, RegionOptions region, IAuthenticator? issuedKeys, TimeProvider time)
{
    /// <summary>The secret of the keys that everybody knows, where a data plane asks for a signature in open mode.</summary>
    private const string WellKnownSecret = "test";

    private static readonly TimeSpan AllowedSkew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AllowedSkewOfS3 = TimeSpan.FromMinutes(15);

    private readonly SigningKeyCache _keys = new();

    /// <summary>Authenticates a request.</summary>
    /// <param name="request">What is known of it.</param>
    /// <param name="body">The body, where it was read whole; empty where it streams.</param>
    /// <param name="cancellationToken">The client left.</param>
    /// <exception cref="AwsException">The signature is missing where it must not be, malformed, expired or wrong.</exception>
    public async ValueTask<Caller> AuthenticateAsync(
        AuthenticationRequest request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (request.Problem is { } problem)
        {
            throw SigningErrors.Of(problem, request.Style);
        }

        if (request.Signature is not { } signature)
        {
            return Unsigned(request);
        }

        if (signature.IsPresigned)
        {
            CheckLifetime(signature, request.Style);
        }

        var issued = issuedKeys is null
            ? null
            : await issuedKeys.FindAsync(signature.AccessKeyId, signature.SessionToken, cancellationToken);
        if (issued is null)
        {
            return Unknown(request, signature, body);
        }

        if (!issued.IsActive)
        {
            throw SigningErrors.UnknownKey(request.Style, signature.AccessKeyId);
        }

        if (issued.ExpiresAt <= time.GetUtcNow())
        {
            throw SigningErrors.ExpiredToken(request.Style);
        }

        Verify(request, signature, issued.SecretAccessKey, body);
        return ToCaller(request, issued.Principal, issued.SecretAccessKey);
    }

    private Caller Unsigned(AuthenticationRequest request)
    {
        if (mode == AuthMode.Iam)
        {
            return request.AllowsAnonymous ? ToCaller(request, Principal.Anonymous, null) : throw SigningErrors.Missing(request.Style);
        }

        return ToCaller(request, Principal.Root(request.Workload?.Scope.AccountId ?? region.DefaultAccountId), null);
    }

    private Caller Unknown(AuthenticationRequest request, RequestSignature signature, ReadOnlyMemory<byte> body)
    {
        if (mode == AuthMode.Iam)
        {
            throw SigningErrors.UnknownKey(request.Style, signature.AccessKeyId);
        }

        var isAccount = signature.AccessKeyId.Length == 12 && signature.AccessKeyId.All(char.IsAsciiDigit);
        if (signature.IsPresigned && (isAccount || signature.AccessKeyId == WellKnownSecret))
        {
            // A presigned URL is a lock, and locks hold: one that was altered does not open. Of other keys nobody here knows the secret.
            Verify(request, signature, WellKnownSecret, body);
        }

        var account = isAccount ? signature.AccessKeyId : request.Workload?.Scope.AccountId ?? region.DefaultAccountId;
        return ToCaller(request, Principal.Root(account), null);
    }

    private void Verify(AuthenticationRequest request, RequestSignature signature, string secret, ReadOnlyMemory<byte> body)
    {
        if (signature.IsVersion2)
        {
            if (OldUrlSignature.Verify(request.Facts, signature, secret, request.ResourcePath) is { } difference)
            {
                throw SigningErrors.Mismatch(request.Style, signature, difference);
            }

            return;
        }

        if (signature.Scope.Date != signature.AmzDate[..8])
        {
            throw SigningErrors.WrongDay(request.Style, signature);
        }

        if (!signature.IsPresigned)
        {
            var allowed = SkewOf(request.Style);
            var now = time.GetUtcNow();
            if ((now - signature.SignedAt).Duration() > allowed)
            {
                throw SigningErrors.Skewed(request.Style, signature, now, allowed);
            }
        }

        if (SignatureVerifier.FindUnsigned(request.Facts, signature) is { } header)
        {
            throw SigningErrors.UnsignedHeader(request.Style, header);
        }

        var verifier = new SignatureVerifier(_keys);
        if (verifier.Verify(request.Facts, signature, secret, request.Payload.CanonicalHash(signature, body)) is { } mismatch)
        {
            throw SigningErrors.Mismatch(request.Style, signature, mismatch);
        }
    }

    private void CheckLifetime(RequestSignature signature, ErrorStyle style)
    {
        var now = time.GetUtcNow();
        if (now - signature.SignedAt > signature.Lifetime)
        {
            throw SigningErrors.UrlExpired(style, signature, now);
        }

        if (!signature.IsVersion2 && signature.SignedAt - now > SkewOf(style))
        {
            throw SigningErrors.UrlNotYetValid(style, signature, now, SkewOf(style));
        }
    }

    private Caller ToCaller(AuthenticationRequest request, Principal principal, string? secret)
    {
        var account = principal.AccountId.Length > 0 ? principal.AccountId : region.DefaultAccountId;
        ChunkSigner? signer = null;
        if (secret is not null && request is { Signature: { } signature, Payload.IsChunkSigned: true })
        {
            signer = new ChunkSigner(_keys.Get(secret, signature.Scope), signature.AmzDate, signature.Scope, signature.Signature);
        }

        return new Caller(principal, new Scope(account, RegionOf(request)), request.Signature?.AccessKeyId, signer);
    }

    private string RegionOf(AuthenticationRequest request)
    {
        if (request.Signature?.Scope.Region is { } signed && IsRegion(signed))
        {
            return signed;
        }

        return request.HostRegion is { } host && IsRegion(host) ? host : request.Workload?.Scope.Region ?? region.DefaultRegion;
    }

    /// <summary>Regions become parts of stored keys, so they are held to the form that AWS's have. Some clients sign for "aws-global".</summary>
    private static bool IsRegion(string name) =>
        name.Length is > 3 and <= 32 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && name != "aws-global";

    private static TimeSpan SkewOf(ErrorStyle style) => style == ErrorStyle.S3 ? AllowedSkewOfS3 : AllowedSkew;
}
