namespace Fogbank.Contracts.Generator;

/// <summary>A class marked <c>[Operation]</c>, as far as the dispatch table needs it: names only, so that equal ones are not written again.</summary>
/// <param name="TypeName">The class, fully qualified.</param>
/// <param name="Api">Last part of its request's namespace: <c>Lambda</c>.</param>
/// <param name="Operation">The operation's name.</param>
/// <param name="Services">Types of its constructor's parameters, fully qualified.</param>
internal sealed record OperationClass(string TypeName, string Api, string Operation, EquatableList<string> Services);
