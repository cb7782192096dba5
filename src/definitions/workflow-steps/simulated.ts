import { defineWorkflowStep } from '../define.ts'
import { anyOf, anything, approximated, fields, flag, integer, list, map, openFields, optional, preset, required, text } from '../schema.ts'

/** Applies one component and waits until it is healthy. Source: KubeVela, apply-component definition. */
export const applyComponent = defineWorkflowStep({
  kind: 'workflow-step',
  type: 'apply-component',
  simulation: { level: 'simulated' },
  parameters: fields({ component: required(text()), cluster: preset(text(), ''), namespace: preset(text(), '') }),
})

/** Applies all components under policies. Source: KubeVela, deploy definition. */
export const deploy = defineWorkflowStep({
  kind: 'workflow-step',
  type: 'deploy',
  simulation: { level: 'simulated' },
  parameters: fields({
    auto: preset(flag(), true),
    policies: preset(list(text()), []),
    parallelism: preset(integer({ min: 1 }), 5),
    ignoreTerraformComponent: preset(flag(), true, approximated('cloud resources are never created here')),
  }),
})

/** Runs its sub-steps. Source: KubeVela, step-group definition. */
export const stepGroup = defineWorkflowStep({
  kind: 'workflow-step',
  type: 'step-group',
  simulation: { level: 'simulated' },
  parameters: fields({}),
})

/** Waits for `workflow resume`, or for a time. Source: KubeVela, suspend definition. */
export const suspend = defineWorkflowStep({
  kind: 'workflow-step',
  type: 'suspend',
  simulation: { level: 'simulated' },
  parameters: fields({ duration: optional(text()), message: optional(text()) }),
})

const secretOrValue = anyOf(
  fields({ value: required(text()) }),
  fields({ secretRef: required(fields({ name: required(text()), key: required(text()) })) }),
)
const url = required(secretOrValue, approximated('the message is logged, never sent'))

/** A message to people; logged, never sent. Source: KubeVela, notification definition. */
export const notification = defineWorkflowStep({
  kind: 'workflow-step',
  type: 'notification',
  simulation: { level: 'simulated' },
  secretPaths: [
    ['lark', 'url', 'value'],
    ['dingding', 'url', 'value'],
    ['slack', 'url', 'value'],
    ['email', 'from', 'password', 'value'],
  ],
  parameters: fields({
    lark: optional(fields({ url, message: required(fields({ msg_type: required(text()), content: required(text()) })) })),
    dingding: optional(
      fields({
        url,
        message: required(openFields({ msgtype: preset(text(), 'text'), text: optional(fields({ content: required(text()) })) })),
      }),
    ),
    slack: optional(
      fields({
        url,
        message: required(
          fields({
            text: required(text()),
            blocks: optional(list(map(anything()))),
            attachments: optional(map(anything())),
            thread_ts: optional(text()),
            mrkdwn: optional(flag()),
          }),
        ),
      }),
    ),
    email: optional(
      fields({
        from: required(
          fields({
            address: required(text()),
            alias: optional(text()),
            password: required(secretOrValue),
            host: required(text()),
            port: preset(integer(), 587),
          }),
          approximated('the message is logged, never sent'),
        ),
        to: required(list(text())),
        content: required(fields({ subject: required(text()), body: required(text()) })),
      }),
    ),
  }),
})
