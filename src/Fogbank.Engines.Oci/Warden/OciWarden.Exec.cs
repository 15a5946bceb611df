using Fogbank.Engines.Oci.Protocol;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>Further processes inside containers.</summary>
internal sealed partial class OciWarden
{
    private OciMessage Exec(OciMessage message) => throw new EngineException(EngineErrorKind.Unsupported, $"Exec in {GroupOf(message).Record.Id} is not built yet.");
}
