import { fields, list, optional, text } from '../schema.ts'

/** Which resources a rule is about; an absent list matches everything. Source: KubeVela, ResourcePolicyRuleSelector. */
export const ruleSelector = fields({
  componentNames: optional(list(text())),
  componentTypes: optional(list(text())),
  oamTypes: optional(list(text())),
  traitTypes: optional(list(text())),
  resourceTypes: optional(list(text())),
  resourceNames: optional(list(text())),
})
