namespace Fogbank.Wire.Hosting;

/// <summary>How far the front door trusts what a request says of itself.</summary>
public enum AuthMode
{
    /// <summary>Signatures are not required; a key nobody issued stands for an account's root. Only for loopback.</summary>
    Open,

    /// <summary>Every request is verified.</summary>
    Iam,
}
