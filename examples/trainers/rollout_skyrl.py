"""Trains nothing: an episode in skyrl-gym, as SkyRL's generator plays it, by a policy of six lines.

Needs the extra `skyrl`; runs offline. SkyRL's own command takes the same rows (docs/train.md).
"""

import json

import skyrl_gym

from memorygym.adapters.skyrl import register
from memorygym.training.token_rollouts import TokenRollouts

register()
(row,) = TokenRollouts("worlds", tier="lite").data(1, "train")


def policy(conversation: list[dict[str, str]]) -> str:
    """Notes the documents of each event; answers no question."""
    shown = conversation[-1]["content"]
    if "DOCUMENTS" not in shown:
        return "Noted."
    call = {"name": "Write", "arguments": {"content": shown[:400]}}
    return f"<tool_call>{json.dumps(call)}</tool_call>"


env = skyrl_gym.make(row["env_class"], env_config={}, extras={"extra_info": row["extra_info"]})
conversation, _ = env.init(row["prompt"])
done = False
while not done:
    reply = policy(conversation)
    step = env.step(reply)
    conversation += [{"role": "assistant", "content": reply}, *step["observations"]]
    done = step["done"]
print(f"score {env.get_metrics()['score']:.2f} after {len(conversation)} messages")
