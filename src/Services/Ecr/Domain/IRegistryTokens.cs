using Fogbank.Kernel;

namespace Fogbank.Services.Ecr.Domain;

/// <summary>Tokens by which container clients log in: the password of <c>docker login --username AWS</c>.</summary>
internal interface IRegistryTokens
{
    /// <summary>A token that stands for the principal. Twelve hours, as AWS has them.</summary>
    RegistryToken Issue(Principal principal);

    /// <summary>Whose token it is. Never throws for what a client sent.</summary>
    RegistryTokenVerdict Verify(string token);
}

/// <summary>A token and its end.</summary>
internal sealed record RegistryToken(string Password, DateTimeOffset ExpiresAt);

/// <summary>What a token is worth.</summary>
internal enum RegistryTokenState
{
    /// <summary>Not made by this region.</summary>
    Invalid,

    /// <summary>Made here, and too old.</summary>
    Expired,

    /// <summary>Good.</summary>
    Valid,
}

/// <summary>What a token is worth, and whose it is; null unless valid.</summary>
internal sealed record RegistryTokenVerdict(RegistryTokenState State, Principal? Principal);
