using Fogbank.Kernel;

namespace Fogbank.Services.Iam.Operations.Users;

/// <summary>Which user a call means that leaves the name out: the caller, where the caller is one.</summary>
internal static class UserName
{
    internal static string Of(string? given, RequestContext context) =>
        given
        ?? (context.Principal.Kind == PrincipalKind.User
            ? context.Principal.Arn[(context.Principal.Arn.LastIndexOf('/') + 1)..]
            : throw IamErrors.UserNameNeeded());
}
