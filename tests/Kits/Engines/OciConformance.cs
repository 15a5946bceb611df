using Xunit;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>The oci engine, in the words of the kit.</summary>
public sealed class OciConformance(OciFixture engine) : EngineConformance(engine), IClassFixture<OciFixture>;
