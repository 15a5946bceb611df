using System.Collections.Frozen;
using Fogbank.Contracts;

namespace Fogbank.Wire.RestJson;

/// <summary>How the members of an API's own errors are named in rest-json bodies.</summary>
internal sealed class RestErrorForm
{
    public static readonly RestErrorForm Plain = new([], hasFault: false, "message");

    /// <summary>
    /// Lambda's errors carry <c>Type</c>, and their text as <c>Message</c> but for these, whose shapes spell it in lower case. SDKs read
    /// the spelling of the shape.
    /// </summary>
    private static readonly RestErrorForm Lambda = new(
        [
            "AliasLimitExceededException", "CapacityProviderLimitExceededException", "CodeArtifactUserDeletedException",
            "CodeArtifactUserFailedException", "CodeArtifactUserPendingException", "CodeStorageExceededException",
            "FunctionVersionsPerCapacityProviderLimitExceededException", "InvalidParameterValueException", "InvalidRequestContentException",
            "ModeNotSupportedException", "PolicyLengthExceededException", "PreconditionFailedException",
            "ProvisionedConcurrencyConfigNotFoundException", "RequestTooLargeException", "ResourceConflictException",
            "ResourceNotReadyException", "SerializedRequestEntityTooLargeException", "TooManyRequestsException",
            "UnsupportedMediaTypeException",
        ],
        hasFault: true,
        "Message");

    private readonly FrozenSet<string> _lowerCase;
    private readonly bool _hasFault;
    private readonly string _messageName;

    private RestErrorForm(IEnumerable<string> lowerCase, bool hasFault, string messageName)
    {
        _lowerCase = lowerCase.ToFrozenSet(StringComparer.Ordinal);
        _hasFault = hasFault;
        _messageName = messageName;
    }

    public static RestErrorForm For(Api api) => api.Name == "lambda" ? Lambda : Plain;

    public string MessageName(ErrorCode code) => _lowerCase.Contains(code.Name) ? "message" : _messageName;

    public string? FaultOf(ErrorCode code) => !_hasFault ? null : code.IsServerFault ? "Service" : "User";
}
