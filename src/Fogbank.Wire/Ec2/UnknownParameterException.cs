using Fogbank.Contracts;

namespace Fogbank.Wire.Ec2;

/// <summary>A request names a parameter that its operation does not have.</summary>
internal sealed class UnknownParameterException(string name) : WireFormatException($"The parameter {name} is not recognized");
