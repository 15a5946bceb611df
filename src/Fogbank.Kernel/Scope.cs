namespace Fogbank.Kernel;

/// <summary>Whose and where: the first two parts of every stored key. What is global in AWS has the region <see cref="Global"/>.</summary>
/// <param name="AccountId">Twelve digits.</param>
/// <param name="Region">A region's name, or <see cref="Global"/>.</param>
public readonly record struct Scope(string AccountId, string Region)
{
    /// <summary>The region of resources that belong to no region.</summary>
    public const string Global = "global";

    /// <summary>The same account, where global resources live.</summary>
    public Scope ToGlobal() => this with { Region = Global };

    public override string ToString() => $"{AccountId}/{Region}";
}
